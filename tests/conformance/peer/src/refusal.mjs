// Refusals: PROTOCOL.md chapter 14.
import { ascii, demand, digestOf, instant, isClosed, isDigest, readInstant, shortTextIsClean } from './encoding.mjs'
import { canonicalBytes } from './json.mjs'
import { sign, TYP, verify } from './jws.mjs'

const RETRYABLE = new Set([ // the table of
  'peer-suspended', 'quota', 'disk-reserve', 'restore-mode', 'try-again', 'seal-key', 'signing-key', 'checkpoint-time',
  'log-proof-needed', 'clock-ahead', 'thread-unknown', 'parents-missing', 'terms-stale', 'attachment-offset',
])

/** A signed refusal of one sealed message. */
export function signRefusal({ jwe, id, from, to, code, hints }, key) {
  const body = {
    v: 1, digest: digestOf(ascii(jwe)), id, from, to, code, retryable: RETRYABLE.has(code), at: instant(),
    ...(hints.length > 0 ? { hints } : {}),
  }
  return sign(canonicalBytes(body), TYP.refusal, key)
}

const areHints = (hints) => Array.isArray(hints) && hints.every((one) => typeof one === 'string' && shortTextIsClean(one))

/** Verifies a refusal by `from` of the message `id` of `to`, sealed as `jwe`; `keys` are those of `from`. */
export async function readRefusal(token, { keys, from, to, id, jwe }) {
  const { payload } = await verify(token, TYP.refusal, keys)
  const { code, retryable, hints = [] } = payload
  demand(isClosed(payload, ['v', 'digest', 'id', 'from', 'to', 'code', 'retryable', 'at'], ['hints'])
    && payload.v === 1 && isDigest(payload.digest) && readInstant(payload.at) !== null
    && typeof retryable === 'boolean' && areHints(hints), 'refusal-form')
  demand(typeof code === 'string' && /^[a-z0-9-]{1,40}$/.test(code), 'refusal-form')
  demand(payload.from === from && payload.to === to, 'refusal-form', 'parties')
  demand(payload.id === '' ? payload.digest === digestOf(ascii(jwe)) : payload.id === id, 'refusal-form', 'message')
  return { code, retryable, hints }
}
