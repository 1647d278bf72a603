// Merkle trees of RFC 9162, section 2.1: [L-4].
import { sha256 } from './encoding.mjs'

const ZERO = Buffer.from([0])
const ONE = Buffer.from([1])
export const EMPTY_ROOT = sha256()

/** [L-4] The leaf is the hash of the record's hash. */
export const leafHash = (record) => sha256(ZERO, sha256(record))
const node = (left, right) => sha256(ONE, left, right)

/** The greatest power of two below n. */
function split(n) {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

export function root(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leaves[0]
  const k = split(leaves.length)
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)))
}

/** Section 2.1.3.1. */
export function inclusionPath(index, leaves) {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return index < k
    ? [...inclusionPath(index, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...inclusionPath(index - k, leaves.slice(k)), root(leaves.slice(0, k))]
}

/** Section 2.1.4.1; `old` from 1 to the number of leaves. */
export function consistencyPath(old, leaves, whole = true) {
  if (old === leaves.length) return whole ? [] : [root(leaves)]
  const k = split(leaves.length)
  return old <= k
    ? [...consistencyPath(old, leaves.slice(0, k), whole), root(leaves.slice(k))]
    : [...consistencyPath(old - k, leaves.slice(k), false), root(leaves.slice(0, k))]
}

const half = (n) => Math.floor(n / 2) // sizes go up to 2^53-1, beyond the bit operators
const isOdd = (n) => n % 2 === 1
const areHashes = (list) => list.every((hash) => hash.length === 32)

/** Section 2.1.3.2. */
export function includes(leaf, index, size, path, rootHash) {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index)) return false
  if (index < 0 || index >= size || !areHashes([leaf, ...path, rootHash])) return false
  let [fn, sn, hash] = [index, size - 1, leaf]
  for (const other of path) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      hash = node(other, hash)
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      hash = node(hash, other)
    }
    [fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && hash.equals(rootHash)
}

/** Section 2.1.4.2, with the empty log: consistent with everything, by an empty path. */
export function isConsistent(old, size, path, oldRoot, newRoot) {
  if (old > size || !areHashes([...path, oldRoot, newRoot])) return false
  if (old === 0) {
    return path.length === 0 && oldRoot.equals(EMPTY_ROOT) && (size > 0 || newRoot.equals(EMPTY_ROOT))
  }
  if (old === size) return path.length === 0 && oldRoot.equals(newRoot)
  const hashes = Number.isInteger(Math.log2(old)) ? [oldRoot, ...path] : [...path]
  if (hashes.length === 0) return false
  return walk(old - 1, size - 1, hashes, oldRoot, newRoot)
}

function walk(fn, sn, [first, ...rest], oldRoot, newRoot) {
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)]
  let [fr, sr] = [first, first]
  for (const hash of rest) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      [fr, sr] = [node(hash, fr), node(hash, sr)]
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      sr = node(sr, hash)
    }
    [fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && fr.equals(oldRoot) && sr.equals(newRoot)
}
