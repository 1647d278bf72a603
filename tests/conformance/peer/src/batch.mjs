// Batches and answers: PROTOCOL.md chapter 11.
import { demand, isClosed, isCount, isObject, Refused, utf8 } from './encoding.mjs'
import { canonical, readJson } from './json.mjs'

const MAX_LINE = 400000 // [B-3]
const MAX_MESSAGES = 100 // [B-3]
export const MAX_BODY = 8388608
export const PROFILE = 'tracer-1'

/** NDJSON: each object ended by one LF. */
export const writeLines = (objects) => utf8(objects.map((one) => `${canonical(one)}\n`).join(''))

function readLines(body) {
  demand(body.length <= MAX_BODY, 'too-large', 'body')
  demand(body.length > 0 && body[body.length - 1] === 0x0a, 'batch-form', 'no line end')
  const out = []
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(0x0a, at)
    demand(end - at <= MAX_LINE, 'too-large', 'line')
    out.push(readLine(body.subarray(at, end)))
    at = end + 1
  }
  return out
}

function readLine(bytes) {
  let value
  try {
    value = readJson(bytes)
  } catch {
    throw new Refused('batch-form', 'line is not strict JSON')
  }
  demand(isObject(value), 'batch-form', 'line is no object')
  return value
}

/** [B-1], [B-2] */
function readHeader(header) {
  const { checkpoint, consistency, remembers = 0 } = header
  demand(isClosed(header, ['profile', 'checkpoint', 'consistency'], ['remembers']) && header.profile === PROFILE
    && (checkpoint === null || typeof checkpoint === 'string') && (consistency === null || isObject(consistency))
    && isCount(remembers), 'batch-form', 'header')
  return { checkpoint, consistency, remembers }
}

/** [B-2] to [B-4] A batch: its header and its seals. */
export function readBatch(body) {
  const [first, ...lines] = readLines(body)
  const header = readHeader(first)
  demand(lines.length <= MAX_MESSAGES, 'too-large', 'messages')
  demand(lines.every((line) => isClosed(line, ['jwe']) && typeof line.jwe === 'string'), 'batch-form', 'line')
  return { header, seals: lines.map((line) => line.jwe) }
}

const isReply = (line) => typeof line.id === 'string' && (
  (isClosed(line, ['id', 'receipt']) && isObject(line.receipt))
  || (isClosed(line, ['id', 'refusal']) && typeof line.refusal === 'string'))

/** [B-5] An answer to a batch of `count` messages. */
export function readAnswer(body, count) {
  const [first, ...lines] = readLines(body)
  demand(lines.length === count, 'batch-form', 'number of lines')
  demand(lines.every(isReply), 'batch-form', 'line')
  return { header: readHeader(first), lines }
}
