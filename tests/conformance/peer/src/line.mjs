// The line to a peer: PROTOCOL.md chapter 10.
import { request } from 'node:http'
import { connect } from 'node:tls'
import { demand, Refused } from './encoding.mjs'
import { certificate } from './entry.mjs'
import { MAX_BODY } from './batch.mjs'
import { readJson } from './json.mjs'

const HANDSHAKE = 10000
const WAIT = 60000

/** Makes the calls of one authority to its peers. `channel` has the certificate's DER and the key's PEM. */
export class Line {
  constructor(channel) {
    this.cert = certificate(channel.der).toString()
    this.key = channel.key
  }

  /** One request on a connection of its own; the answer's status, headers and body. */
  async call(entry, method, path, { body = null, headers = {} } = {}) {
    const socket = await this.connect(entry)
    try {
      return await exchange(socket, entry, method, path, body, headers)
    } finally {
      socket.destroy()
    }
  }

  /** 200 or 204, or the problem's code; every other end says nothing about what the peer did [T-11]. */
  async expect(entry, method, path, options) {
    const answer = await this.call(entry, method, path, options)
    if (answer.status === 200 || answer.status === 204) return answer
    throw new Refused(problemCode(answer))
  }

  /** [T-1], [T-3], [T-4] TLS 1.3 with our certificate; only the peer's listed ones are accepted. */
  connect(entry) {
    demand(entry.endpoint !== '', 'line', 'the peer has no endpoint')
    const listed = entry.channel.map(certificate)
    const { hostname, port } = new URL(entry.endpoint)
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port || 443),
        minVersion: 'TLSv1.3',
        cert: this.cert,
        key: this.key,
        ca: listed.map(String),
        allowPartialTrustChain: true, // Node.js 20.18 on; before it only self-signed certificates are anchors
        checkServerIdentity: (_, shown) => (isListed(shown.raw, listed) ? undefined : new Error('not the peer')),
        timeout: HANDSHAKE,
      })
      socket.once('secureConnect', () => resolve(socket)) // verified: nothing has been written before
      socket.once('error', (error) => reject(new Refused('line', error.code ?? error.message)))
      socket.once('timeout', () => socket.destroy(new Error('timeout')))
    })
  }
}

/** [T-3] The certificate itself is the anchor; no host name is compared. */
const isListed = (raw, listed) => listed.some((one) => one.raw.equals(raw))

/** [T-7], [T-9] HTTP/1.1, no redirect followed, nothing compressed. */
function exchange(socket, entry, method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const fail = (error) => reject(new Refused('line', error.code ?? error.message))
    const req = request({
      createConnection: () => socket,
      host: new URL(entry.endpoint).host,
      setHost: false,
      method,
      path: `/exchange/v1/${path}`,
      headers: {
        Host: new URL(entry.endpoint).host,
        Connection: 'close',
        ...(body ? { 'Content-Type': 'application/x-ndjson', 'Content-Length': body.length } : {}),
        ...headers,
      },
      timeout: WAIT,
    })
    req.once('error', fail)
    req.once('timeout', () => req.destroy(new Error('timeout')))
    req.once('response', (response) => collectBody(response, resolve, fail))
    req.end(body ?? undefined)
  })
}

function collectBody(response, resolve, fail) {
  const parts = []
  let size = 0
  response.on('data', (part) => {
    size += part.length
    if (size > MAX_BODY * 9) response.destroy(new Error('answer too large')) // bounds a file at 64 MiB
    else parts.push(part)
  })
  response.once('error', fail)
  response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }))
}

/** [T-10] */
function problemCode({ status, headers, body }) {
  try {
    if (headers['content-type']?.startsWith('application/problem+json')) {
      const { code } = readJson(body)
      if (/^[a-z0-9-]{1,40}$/.test(code)) return code
    }
  } catch {
    // falls through: an answer that is not readable
  }
  return `http-${status}`
}
