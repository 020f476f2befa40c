/** Names of the tier that the list prices are for. */
const standardTiers: ReadonlySet<string> = new Set(['standard', 'default', 'auto']);

/** The tier that answered a request, as a part of its usage; nothing for the standard one. */
export function otherTier(name: string | undefined): { readonly tier?: string } {
  return name === undefined || standardTiers.has(name) ? {} : { tier: name.slice(0, 40) };
}
