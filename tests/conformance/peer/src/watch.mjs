// What we remember of a peer's log and what the peer remembers of ours: [L-19], [L-20], [B-7].
import { b64url, demand, isCount } from './encoding.mjs'
import { logOf } from './entry.mjs'
import { compare, verifyCheckpoint } from './log.mjs'

/** `known` is the state kept for one peer: `remembered` by origin, `told`, `forks`. */
export const newKnown = (entryFile) => ({ entryFile, remembered: {}, told: 0, forks: [] })

/** [B-1] The size of the peer's present log that we remember. */
export const remembers = (known, entry) => known.remembered[entry.log.origin]?.size ?? 0

/** [L-12] */
export const readCheckpoint = (note, entry) => verifyCheckpoint(note, logOf(entry))

/** [L-20] Holds a verified checkpoint against the remembered one of its origin. */
export function judgeCheckpoint(known, shown, consistency) {
  const kept = known.remembered[shown.origin]
  if (!kept) return 'first' // [B-1]: a proof is not looked at where there is nothing to compare with
  const remembered = { origin: shown.origin, size: kept.size, root: Buffer.from(kept.root, 'base64url') }
  try {
    return compare(remembered, shown, consistency)
  } catch (error) {
    if (error.code === 'log-fork') known.forks.push([kept.note, shown.note]) // [L-21]
    throw error
  }
}

/** [L-19] Replaced only by one of greater size. */
export function remember(known, shown) {
  const kept = known.remembered[shown.origin]
  if (kept && kept.size >= shown.size) return
  known.remembered[shown.origin] = { size: shown.size, root: b64url(shown.root), note: shown.note }
}

/** [B-7] Where our next consistency proof begins. */
export function learnTold(known, size, ownSize) {
  demand(isCount(size) && size <= ownSize, 'batch-form', 'remembers more than there is')
  known.told = size
}
