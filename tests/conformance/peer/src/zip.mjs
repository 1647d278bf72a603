// The one spelling of a zip that evidence has: PROTOCOL.md 28.1.
import { ascii, concat, demand } from './encoding.mjs'

const MAX_MEMBERS = 40000 // [U-2]
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*([/][A-Za-z0-9][A-Za-z0-9._-]*)*$/ // [U-2]
const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c >>> 0
})

function crc32(bytes) {
  let c = 0xffffffff
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

/** Numbers of 2 or 4 bytes, little end first. */
function numbers(...pairs) {
  return concat(...pairs.map(([value, length]) => {
    const out = Buffer.alloc(length)
    out.writeUIntLE(value, 0, length)
    return out
  }))
}
const signature = (kind) => concat(ascii('PK'), Buffer.from(kind))
const common = (name, data, sum) => numbers(
  [20, 2], [0, 2], [0, 2], [0, 2], [33, 2], [sum, 4], [data.length, 4], [data.length, 4], [name.length, 2], [0, 2])

/** [U-1] Writes it, from [name, bytes] in order; a third item states another checksum. */
export function pack(members) {
  const [parts, lines] = [[], []]
  let place = 0
  for (const [name, data, sum = crc32(data)] of members) {
    const part = concat(signature([3, 4]), common(name, data, sum), ascii(name), data)
    const tail = numbers([0, 2], [0, 2], [0, 2], [(0o600 << 16) >>> 0, 4], [place, 4])
    lines.push(concat(signature([1, 2]), numbers([788, 2]), common(name, data, sum), tail, ascii(name)))
    parts.push(part)
    place += part.length
  }
  const directory = concat(...lines)
  const count = members.length
  const end = numbers([0, 2], [0, 2], [count, 2], [count, 2], [directory.length, 4], [place, 4], [0, 2])
  return concat(...parts, directory, signature([5, 6]), end)
}

/** [U-1], [U-2] Reads it: what would not be written like this is refused, but for checksums that are stated wrongly. */
export function unpack(file) {
  const members = []
  let place = 0
  while (file.subarray(place, place + 4).equals(signature([3, 4])) && place + 30 <= file.length) {
    const [size, length] = [file.readUInt32LE(place + 22), file.readUInt16LE(place + 26)]
    const start = place + 30 + length
    const name = file.subarray(place + 30, start).toString('latin1')
    demand(NAME.test(name) && length <= 120 && start + size <= file.length, 'zip', 'member')
    members.push([name, file.subarray(start, start + size), file.readUInt32LE(place + 14)])
    place = start + size
  }
  const names = new Set(members.map(([name]) => name.toLowerCase()))
  demand(members.length > 0 && members.length <= MAX_MEMBERS && names.size === members.length, 'zip', 'names')
  demand(pack(members).equals(file), 'zip', 'another spelling')
  return members
}

/** Whose bytes do not have the checksum that is stated. */
export const damaged = (members) => members.filter(([, data, sum]) => crc32(data) !== sum).map(([name]) => name)
