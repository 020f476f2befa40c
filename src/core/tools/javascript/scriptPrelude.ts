/**
 * Runs inside the interpreter before a script, and gives it a console. Its value shows values as text. It keeps
 * the functions that it needs, so that a script which changes them only harms its own results.
 */
export const scriptPrelude = `
((print, maxLength) => {
  const { stringify } = JSON;
  const { isArray, from } = Array;
  const { apply } = Reflect;
  const { slice } = String.prototype;
  const toText = String;
  const isError = (value) => value instanceof Error;
  const plain = (_key, value) => {
    if (typeof value === 'bigint') return toText(value) + 'n';
    if (typeof value === 'function') return '[Function ' + (value.name || 'anonymous') + ']';
    if (typeof value === 'symbol') return toText(value);
    if (typeof value === 'number' && !isFinite(value)) return toText(value);
    if (value instanceof Map) return { Map: from(value) };
    if (value instanceof Set) return { Set: from(value) };
    if (isError(value)) return toText(value);
    return value;
  };
  const shown = (value) => {
    if (typeof value === 'string') return value;
    if (Object.is(value, -0)) return '-0';
    if (value === null || typeof value === 'undefined' || typeof value === 'number') return toText(value);
    if (isError(value)) return toText(value) + (value.stack ? '\\n' + value.stack : '');
    const text = stringify(plain('', value), plain, isArray(value) && value.length < 20 ? 0 : 2);
    return typeof text === 'string' && typeof value !== 'bigint' && typeof value !== 'function' && typeof value !== 'symbol'
      ? text
      : toText(plain('', value));
  };
  const show = (value) => {
    let text;
    try {
      text = shown(value);
    } catch (error) {
      try { text = '[' + typeof value + ' that cannot be shown: ' + error.message + ']'; } catch { text = '[' + typeof value + ']'; }
    }
    return apply(slice, text, [0, maxLength]);
  };
  const log = (...values) => {
    let line = '';
    for (let index = 0; index < values.length; index++) line += (index > 0 ? ' ' : '') + show(values[index]);
    print(apply(slice, line, [0, maxLength]));
  };
  globalThis.console = { log, info: log, warn: log, error: log, debug: log };
  return show;
})
`;
