/** What one fetch may take and give. */
export interface FetchLimits {
  /** Bytes of a body, unpacked. */
  readonly bytes: number;
  /** Milliseconds until the body must have been read, over all redirects. */
  readonly ms: number;
  readonly redirects: number;
  /** Milliseconds for turning HTML into Markdown. */
  readonly convertMs: number;
}

export const fetchLimits: FetchLimits = {
  bytes: 2_000_000,
  ms: 15_000,
  redirects: 3,
  convertMs: 5_000,
};
