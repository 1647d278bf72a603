// Cosignatures and what a witness is asked: PROTOCOL.md chapter 29.
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { ascii, concat, demand, sha256, u64, u8, unb64, utf8 } from './encoding.mjs'
import { readSignatureLine, verifyCheckpoint } from './log.mjs'
import { EMPTY_ROOT, isConsistent } from './tree.mjs'

const LAST_SECOND = 253402300799n
const MOST_LINES = 16
const MOST_HASHES = 63
const FORM = 'checkpoint-form'
const WRONG = 'checkpoint-signature'

const keyId = (name, key) => sha256(utf8(name), Buffer.from([0x0a, 6]), key).subarray(0, 4)

/** Who of `members` ({name, mldsa44}) has signed `head` ({origin, size, root}) in these lines, and when. */
export function readCosignatures(text, head, members) {
  demand(text.endsWith('\n') && text.length > 1, FORM, 'lines')
  const rows = text.slice(0, -1).split('\n')
  demand(rows.length <= MOST_LINES, FORM, 'too many lines')
  const lines = rows.map(readSignatureLine)
  const signed = {}
  for (const line of lines) {
    const known = members.find(({ name, mldsa44 }) => line.name === name && line.keyId.equals(keyId(name, mldsa44)))
    if (!known) continue
    demand(!(known.name in signed), FORM, 'line twice')
    signed[known.name] = timeOf(line.signature, head, known)
  }
  return signed
}

function timeOf(signature, { origin, size, root }, { name, mldsa44 }) {
  demand(signature.length === 8 + 2420, WRONG, 'length')
  const time = signature.readBigUInt64BE(0)
  demand(time >= 1n && time <= LAST_SECOND, FORM, 'time')
  const texts = [concat(u8(name.length), utf8(name)), concat(u8(origin.length), utf8(origin))]
  const message = concat(ascii('subtree/v1\n\0'), texts[0], u64(time), texts[1], u64(0), u64(size), root)
  demand(ml_dsa44.verify(signature.subarray(8), message, mldsa44), WRONG, 'signature')
  return Number(time)
}

/** The answer of a witness that holds `held` ({size, root} or null) of `log`: status, and what it then holds. */
export function judgeSubmission(body, log, held) {
  const known = held ?? { size: 0, root: EMPTY_ROOT }
  const gap = body.indexOf('\n\n')
  const [first, ...hashes] = gap < 0 ? [''] : body.slice(0, gap).split('\n')
  const path = hashes.map(unb64)
  const note = body.slice(gap + 2)
  const form = /^old (0|[1-9][0-9]{0,15})$/.exec(first)
  if (!form || note === '' || path.length > MOST_HASHES || !path.every((node) => node?.length === 32)) return { status: 400 }
  const [origin, size, root] = note.split('\n')
  if (origin !== log.origin) return { status: 404 }
  if (size === '0' && !unb64(root)?.equals(EMPTY_ROOT)) return { status: 422 }
  let head
  try {
    head = verifyCheckpoint(note, log)
  } catch (error) {
    return { status: error.code === WRONG ? 403 : 400 }
  }
  const fault = head.size === known.size && !head.root.equals(known.root)
  return { ...decide(Number(form[1]), path, head, known), fault }
}

function decide(old, path, head, known) {
  if (old > head.size) return { status: 400 }
  if (old !== known.size) return { status: 409, size: known.size }
  if (old === 0 || old === head.size) {
    const same = old === 0 || head.root.equals(known.root)
    return same && path.length === 0 ? { status: 200, holds: head.size } : { status: 422 }
  }
  return isConsistent(old, head.size, path, known.root, head.root) ? { status: 200, holds: head.size } : { status: 422 }
}
