/** How files begin that are a private key and nothing else. */
const privateKey = /^\s*(?:-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-)/;

/** A key of a service account is JSON with one of these fields. */
const keyFields = /"(?:type"\s*:\s*"service_account"|private_key"\s*:\s*"-----BEGIN)/;

/** What a kubeconfig with credentials holds. */
const kubeconfig = /^kind:[ \t]*Config[ \t]*\r?$/m;
const kubeCredentials = /^[ \t]*(?:client-key-data|token|password):[ \t]*\S/m;

/** Such files are short; only so much of a file is looked at. */
const probeLength = 64 * 1024;

/** Whether a text is credentials by what is in it, whatever its file is called. */
export function isSecretContent(text: string): boolean {
  const probe = text.slice(0, probeLength);
  if (privateKey.test(probe)) return true;
  if (/^\s*\{/.test(probe)) return keyFields.test(probe);
  return kubeconfig.test(probe) && kubeCredentials.test(probe);
}
