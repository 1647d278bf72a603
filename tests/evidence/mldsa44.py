"""ML-DSA-44 of FIPS 204 in plain Python: slow, deterministic, for tests only.

It is the second implementation that reads what the first one signs, and it makes the vectors
reproducible: its signatures are the deterministic variant (32 zero bytes for `rnd`), with an empty
context. It is not written against side channels and must never touch a real key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import shake_128, shake_256
from itertools import count

Q, N, D = 8380417, 256, 13
K = L = 4
ETA, TAU, BETA, OMEGA = 2, 39, 78, 80
GAMMA1, GAMMA2 = 1 << 17, (Q - 1) // 88

Poly = list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    rho: bytes
    secret: bytes
    public: bytes
    s1: list[Poly]
    s2: list[Poly]
    t0: list[Poly]


ZETAS = [pow(1753, int(f"{i:08b}"[::-1], 2), Q) for i in range(N)]


def ntt(poly: Poly) -> Poly:
    """Algorithm 41."""
    w, m, length = list(poly), 0, 128
    while length >= 1:
        for start in range(0, N, 2 * length):
            m += 1
            zeta = ZETAS[m]
            for j in range(start, start + length):
                t = zeta * w[j + length] % Q
                w[j + length] = (w[j] - t) % Q
                w[j] = (w[j] + t) % Q
        length //= 2
    return w


def inverse_ntt(poly: Poly) -> Poly:
    """Algorithm 42."""
    w, m, length = list(poly), N, 1
    while length < N:
        for start in range(0, N, 2 * length):
            m -= 1
            zeta = -ZETAS[m]
            for j in range(start, start + length):
                t = w[j]
                w[j] = (t + w[j + length]) % Q
                w[j + length] = zeta * (t - w[j + length]) % Q
        length *= 2
    return [x * 8347681 % Q for x in w]


def times(a: Poly, b: Poly) -> Poly:
    return [x * y % Q for x, y in zip(a, b, strict=True)]


def plus(a: Poly, b: Poly) -> Poly:
    return [(x + y) % Q for x, y in zip(a, b, strict=True)]


def minus(a: Poly, b: Poly) -> Poly:
    return [(x - y) % Q for x, y in zip(a, b, strict=True)]


def centred(x: int) -> int:
    x %= Q
    return x - Q if x > Q // 2 else x


def norm(polys: list[Poly]) -> int:
    return max(abs(centred(x)) for poly in polys for x in poly)


def pack(values: Poly, bits: int) -> bytes:
    whole = sum(value << (bits * i) for i, value in enumerate(values))
    return whole.to_bytes(bits * len(values) // 8, "little")


def unpack(data: bytes, bits: int) -> Poly:
    whole = int.from_bytes(data, "little")
    return [whole >> (bits * i) & ((1 << bits) - 1) for i in range(N)]


def h(data: bytes, length: int) -> bytes:
    return shake_256(data).digest(length)


def expand_a(rho: bytes) -> list[list[Poly]]:
    """Algorithm 32, with 30 for each entry."""

    def entry(row: int, column: int) -> Poly:
        stream = shake_128(rho + bytes((column, row))).digest(3 * 512)
        triples = (stream[i : i + 3] for i in range(0, len(stream), 3))
        drawn = (int.from_bytes(t, "little") & 0x7FFFFF for t in triples)
        return [x for x in drawn if x < Q][:N]

    return [[entry(row, column) for column in range(L)] for row in range(K)]


def expand_s(seed: bytes) -> list[Poly]:
    """Algorithm 33, with 31 for each entry (eta = 2)."""

    def entry(nonce: int) -> Poly:
        stream = h(seed + nonce.to_bytes(2, "little"), 512)
        halves = (half for byte in stream for half in (byte & 15, byte >> 4))
        return [ETA - half % 5 for half in halves if half < 15][:N]

    return [entry(nonce) for nonce in range(L + K)]


def expand_mask(seed: bytes, kappa: int) -> list[Poly]:
    """Algorithm 34."""
    streams = (h(seed + (kappa + r).to_bytes(2, "little"), 32 * 18) for r in range(L))
    return [[GAMMA1 - x for x in unpack(stream, 18)] for stream in streams]


def sample_in_ball(seed: bytes) -> Poly:
    """Algorithm 29."""
    stream = h(seed, 1024)
    signs, rest = int.from_bytes(stream[:8], "little"), iter(stream[8:])
    c = [0] * N
    for i in range(N - TAU, N):
        j = next(x for x in rest if x <= i)
        c[i] = c[j]
        c[j] = -1 if signs >> (i + TAU - N) & 1 else 1
    return c


def decompose(r: int) -> tuple[int, int]:
    """Algorithm 36."""
    r %= Q
    low = r % (2 * GAMMA2)
    if low > GAMMA2:
        low -= 2 * GAMMA2
    return (0, low - 1) if r - low == Q - 1 else ((r - low) // (2 * GAMMA2), low)


def use_hint(hint: int, r: int) -> int:
    """Algorithm 40."""
    high, low = decompose(r)
    return (high + (1 if low > 0 else -1)) % 44 if hint else high


def apply(matrix: list[list[Poly]], vector: list[Poly]) -> list[Poly]:
    """Matrix times vector, both in the transformed domain."""
    out = []
    for row in matrix:
        total = [0] * N
        for a, v in zip(row, vector, strict=True):
            total = plus(total, times(a, v))
        out.append(total)
    return out


def generate(seed: bytes) -> Key:
    """Algorithm 6."""
    stream = h(seed + bytes((K, L)), 128)
    rho, noise, secret = stream[:32], stream[32:96], stream[96:]
    drawn = expand_s(noise)
    s1, s2 = drawn[:L], drawn[L:]
    product = apply(expand_a(rho), [ntt(s) for s in s1])
    t = [plus(inverse_ntt(row), s) for row, s in zip(product, s2, strict=True)]
    t1 = [[(x + (1 << (D - 1)) - 1) >> D for x in poly] for poly in t]
    t0 = [
        [x - (y << D) for x, y in zip(low, high, strict=True)]
        for low, high in zip(t, t1, strict=True)
    ]
    return Key(rho, secret, rho + b"".join(pack(poly, 10) for poly in t1), s1, s2, t0)


def digest(public: bytes, message: bytes) -> bytes:
    """The 64 bytes that are signed: pure variant, empty context."""
    return h(h(public, 64) + b"\x00\x00" + message, 64)


def challenge(mu: bytes, w1: list[Poly]) -> bytes:
    return h(mu + b"".join(pack(poly, 6) for poly in w1), 32)


def pack_hints(hints: list[Poly]) -> bytes:
    """Algorithm 20."""
    places = [[i for i, bit in enumerate(poly) if bit] for poly in hints]
    flat = [i for row in places for i in row]
    ends = [sum(map(len, places[: i + 1])) for i in range(K)]
    return bytes(flat) + bytes(OMEGA - len(flat)) + bytes(ends)


def unpack_hints(data: bytes) -> list[Poly] | None:
    """Algorithm 21; None if the encoding is not the only one."""
    hints, first = [[0] * N for _ in range(K)], 0
    for poly, end in zip(hints, data[OMEGA:], strict=True):
        row = list(data[first:end])
        if not first <= end <= OMEGA or row != sorted(set(row)):
            return None
        for place in row:
            poly[place] = 1
        first = end
    return None if any(data[first:OMEGA]) else hints


@cache
def sign(key: Key, message: bytes) -> bytes:
    """Algorithm 7 with `rnd` of zeros: always the same, so what a key has signed is remembered."""
    matrix = expand_a(key.rho)
    s1, s2, t0 = ([ntt(poly) for poly in group] for group in (key.s1, key.s2, key.t0))
    mu = digest(key.public, message)
    mask = h(key.secret + bytes(32) + mu, 64)
    for kappa in count(0, L):
        y = expand_mask(mask, kappa)
        w = [inverse_ntt(row) for row in apply(matrix, [ntt(poly) for poly in y])]
        seed = challenge(mu, [[decompose(x)[0] for x in poly] for poly in w])
        c = ntt(sample_in_ball(seed))
        z = [plus(a, inverse_ntt(times(c, b))) for a, b in zip(y, s1, strict=True)]
        kept = [minus(a, inverse_ntt(times(c, b))) for a, b in zip(w, s2, strict=True)]
        low = max(abs(decompose(x)[1]) for poly in kept for x in poly)
        if norm(z) >= GAMMA1 - BETA or low >= GAMMA2 - BETA:
            continue
        ct0 = [inverse_ntt(times(c, b)) for b in t0]
        hints = [
            [int(decompose(x + t)[0] != decompose(x)[0]) for x, t in zip(a, b, strict=True)]
            for a, b in zip(kept, ct0, strict=True)
        ]
        if norm(ct0) < GAMMA2 and sum(map(sum, hints)) <= OMEGA:
            body = b"".join(pack([GAMMA1 - centred(x) for x in poly], 18) for poly in z)
            return seed + body + pack_hints(hints)
    raise AssertionError("unreachable")


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Algorithm 8."""
    if len(public) != 1312 or len(signature) != 2420:
        return False
    seed, hints = signature[:32], unpack_hints(signature[32 + 576 * L :])
    bodies = [signature[32 + 576 * i : 32 + 576 * (i + 1)] for i in range(L)]
    z = [[GAMMA1 - x for x in unpack(body, 18)] for body in bodies]
    if hints is None or norm(z) >= GAMMA1 - BETA:
        return False
    t1 = [[x << D for x in unpack(public[32 + 320 * i : 352 + 320 * i], 10)] for i in range(K)]
    c = ntt(sample_in_ball(seed))
    product = apply(expand_a(public[:32]), [ntt(poly) for poly in z])
    w = [inverse_ntt(minus(a, times(c, ntt(t)))) for a, t in zip(product, t1, strict=True)]
    w1 = [
        [use_hint(b, x) for b, x in zip(p, q, strict=True)] for p, q in zip(hints, w, strict=True)
    ]
    return seed == challenge(digest(public, message), w1)
