/** The beginning of a file that contains just a private key. */
const privateKey = /^\s*(?:-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-)/;

/** A key of a service account is JSON with one of these fields. */
const keyFields = /"(?:type"\s*:\s*"service_account"|private_key"\s*:\s*"-----BEGIN)/;

/** Lines of a kubeconfig with credentials. */
const kubeconfig = /^kind:[ \t]*Config[ \t]*\r?$/m;
const kubeCredentials = /^[ \t]*(?:client-key-data|token|password):[ \t]*\S/m;

/** UTF-16 units of a text that are searched. Files with credentials are short. */
export const secretProbeLength = 64 * 1024;

/** Whether a text contains credentials, whatever the name of its file. */
export function isSecretContent(text: string): boolean {
  const probe = text.slice(0, secretProbeLength);
  if (privateKey.test(probe)) return true;
  if (/^\s*\{/.test(probe)) return keyFields.test(probe);
  return kubeconfig.test(probe) && kubeCredentials.test(probe);
}
