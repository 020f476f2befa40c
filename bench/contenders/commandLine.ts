// The command line in one file, compiled with each start: its own starter would keep the compiled code for the next.
import { startProgram } from '../../src/cli/startProgram.ts';

void startProgram();
