// Strict reading and canonical writing of JSON: [E-4], [E-5].
import { MAX_INT, Refused, utf8 } from './encoding.mjs'

const MAX_DEPTH = 16 // [E-4]
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const PLAIN = /[^"\\\u0000-\u001f]+/y
const SURROGATE = /\p{Surrogate}/u // half a pair only: whole pairs are one code point under /u

/** A number that [E-4] refuses; made only when a test vector is read with `keepFloats`. */
class Float {
  constructor(text) { this.text = text }
}

class Reader {
  constructor(text, keepFloats) {
    this.text = text
    this.at = 0
    this.depth = 0
    this.keepFloats = keepFloats
  }

  fail(what) { throw new Refused('json-strict', `${what} at ${this.at}`) }

  space() { while (' \t\n\r'.includes(this.text[this.at] ?? '-')) this.at++ }

  take(char) {
    if (this.text[this.at] !== char) this.fail(`expected ${char}`)
    this.at++
  }

  whole() {
    this.space()
    const value = this.value()
    this.space()
    if (this.at !== this.text.length) this.fail('something after the value')
    return value
  }

  value() {
    const char = this.text[this.at]
    if (char === '{') return this.nested(() => this.object())
    if (char === '[') return this.nested(() => this.array())
    if (char === '"') return this.string()
    for (const [word, value] of [['true', true], ['false', false], ['null', null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    return this.number()
  }

  nested(read) {
    if (++this.depth > MAX_DEPTH) this.fail('too deep')
    this.at++
    this.space()
    const value = read()
    this.depth--
    return value
  }

  object() {
    const out = Object.create(null) // so that no name is special
    if (this.text[this.at] === '}') { this.at++; return out }
    for (;;) {
      this.space()
      const name = this.string()
      if (name in out) this.fail('member twice')
      this.space()
      this.take(':')
      this.space()
      out[name] = this.value()
      this.space()
      if (this.text[this.at] === '}') { this.at++; return out }
      this.take(',')
    }
  }

  array() {
    const out = []
    if (this.text[this.at] === ']') { this.at++; return out }
    for (;;) {
      this.space()
      out.push(this.value())
      this.space()
      if (this.text[this.at] === ']') { this.at++; return out }
      this.take(',')
    }
  }

  string() {
    this.take('"')
    let out = ''
    for (;;) {
      PLAIN.lastIndex = this.at
      const plain = PLAIN.exec(this.text)
      if (plain) { out += plain[0]; this.at += plain[0].length }
      const char = this.text[this.at++]
      if (char === '"') break
      if (char !== '\\') this.fail('bad string')
      out += this.escape()
    }
    if (SURROGATE.test(out)) this.fail('lone surrogate')
    return out
  }

  escape() {
    const char = this.text[this.at++]
    if (char !== 'u') return ESCAPES[char] ?? this.fail('bad escape')
    const hex = this.text.slice(this.at, this.at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('bad escape')
    this.at += 4
    return String.fromCharCode(parseInt(hex, 16))
  }

  number() {
    NUMBER.lastIndex = this.at
    const found = NUMBER.exec(this.text)
    if (!found) this.fail('no value')
    this.at += found[0].length
    if (/[.eE]/.test(found[0])) {
      if (this.keepFloats) return new Float(found[0])
      this.fail('fraction or exponent')
    }
    const value = Number(found[0])
    if (this.keepFloats) return value
    if (Object.is(value, -0) || Math.abs(value) > MAX_INT) this.fail('number out of range')
    return value
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Strict JSON of bytes [E-4]; what departs from it is `json-strict`. */
export function readJson(bytes, { keepFloats = false } = {}) {
  let text
  try {
    text = decoder.decode(bytes)
  } catch {
    throw new Refused('json-strict', 'not UTF-8')
  }
  return new Reader(text, keepFloats).whole()
}

/** Canonical JSON [E-5]. JSON.stringify already writes strings with the shortest escapes. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort()
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
  }
  return JSON.stringify(value)
}
export const canonicalBytes = (value) => utf8(canonical(value))
