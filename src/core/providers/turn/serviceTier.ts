/** Tiers to which the list prices apply. */
const standardTiers: ReadonlySet<string> = new Set(['standard', 'default', 'auto']);

/** The service tier of a response as part of its usage; empty for the standard tier. */
export function otherTier(name: string | undefined): { readonly tier?: string } {
  return name === undefined || standardTiers.has(name) ? {} : { tier: name.slice(0, 40) };
}
