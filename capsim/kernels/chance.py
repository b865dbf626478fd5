"""Random numbers by counter: draw ``i`` of a stream is a function of the stream's key and ``i`` alone.

A stream is named by a key of 128 bits, ``(a, b)``, into which words (seed, replication, name, index, date,
purpose) are absorbed one by one. Draw ``i`` is two rounds of a 64-bit finaliser, keyed by ``a`` and by ``b``.
Nothing has to be set up for a stream, and nothing is kept, so ten thousand DIDs with a stream for each day and purpose
cost no more than one stream.

Every function of a real number here is built from IEEE 754 additions, multiplications, divisions and square
roots, in a fixed order, so that a draw is the same on every machine, to the bit.

References
----------
1. Steele, Lea, Flood (2014). Fast splittable pseudorandom number generators. OOPSLA. The finaliser and the
   increment of SplitMix64, with Stafford's constants (variant 13).
2. Salmon, Moraes, Dror, Shaw (2011). Parallel random numbers: as easy as 1, 2, 3. SC11. Counters and keys.
3. Wichura (1988). Algorithm AS 241: the percentage points of the normal distribution. Applied Statistics 37.
4. Marsaglia, Tsang (2000). A simple method for generating gamma variables. ACM TOMS 26.
5. Muller (2016). Elementary Functions, ch. 3 and 11: the reductions behind the logarithm and the exponential.
6. Ng and others (1993), fdlibm, Sun Microsystems: the minimax coefficients of both.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined, kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_START_A = np.uint64(0x243F6A8885A308D3)
_START_B = np.uint64(0x13198A2E03707344)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_N1 = np.uint64(0xFF51AFD7ED558CCD)
_N2 = np.uint64(0xC4CEB9FE1A85EC53)
_S12, _S27, _S30, _S31, _S33 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(33)
_ONE = np.uint64(1)

_LN2_HI = 6.93147180369123816490e-01
_LN2_LO = 1.90821492927058770002e-10
_SQRT_HALF = 0.70710678118654752440
_S52 = np.uint64(52)
_MANTISSA_MASK = np.uint64(0x000FFFFFFFFFFFFF)
_HALF_BITS = np.uint64(0x3FE0000000000000)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_2_52_BITS = np.uint64(0x4330000000000000)
_2_52 = 4503599627370496.0
_HALF_STEP = 1.1102230246251565e-16


@inlined
def mix(z):
    """Scramble 64 bits: a finaliser in which each input bit flips each output bit half of the time."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@inlined
def _mix_again(z):
    """Scramble 64 bits by other constants."""
    z = (z ^ (z >> _S33)) * _N1
    z = (z ^ (z >> _S33)) * _N2
    return z ^ (z >> _S33)


@inlined
def start_key():
    """Key of a stream without a name; words of its name are absorbed into it."""
    return _START_A, _START_B


@inlined
def absorb(a, b, word):
    """Key ``(a, b)`` with one more 64-bit word in its name."""
    return mix((a ^ word) + _GOLDEN), _mix_again((b + word) ^ _GOLDEN)


@inlined
def bits(a, b, counter):
    """64 random bits: draw ``counter`` of stream ``(a, b)``."""
    return _mix_again(mix(a + counter * _GOLDEN) ^ b)


@inlined
def uniform(a, b, counter):
    """Real number inside (0, 1), one of 2^52 midpoints: the bits as the fraction of 1.xxx, less 1, plus half a step."""
    return np.uint64((bits(a, b, counter) >> _S12) | _ONE_BITS).view(np.float64) - 1.0 + _HALF_STEP


@inlined
def log(x):
    """Natural logarithm of a normal positive number, within 1 unit in the last place.

    x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1), by its power series
    as a minimax polynomial in s^2. Written without a branch, and k is converted by its bits (the low bits of
    2^52 + k), so that a loop over many numbers compiles to vector instructions.
    """
    word = np.float64(x).view(np.uint64)
    e = np.uint64((word >> _S52) | _2_52_BITS).view(np.float64) - (_2_52 + 1022.0)
    m = np.uint64((word & _MANTISSA_MASK) | _HALF_BITS).view(np.float64)
    below = m < _SQRT_HALF
    m = m * 2.0 if below else m
    e = e - 1.0 if below else e
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    odd = z * (
        0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591))
    )
    half_square = 0.5 * f * f
    r = even + odd
    return e * _LN2_HI - ((half_square - (s * (half_square + r) + e * _LN2_LO)) - f)


@inlined
def exp(x):
    """Exponential, for -700 <= x <= 700: x = k ln 2 + r, |r| <= ln(2) / 2, exp(r) by a rational function."""
    if x > 700.0:
        x = 700.0
    if x < -700.0:
        return 0.0
    k = np.floor(x * 1.44269504088896338700 + 0.5)
    high = x - k * _LN2_HI
    low = k * _LN2_LO
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return y * np.int64((np.int64(k) + 1023) << 52).view(np.float64)


@inlined
def nearest(x):
    """Whole number nearest to x, half to even, for |x| < 2^51: adding 1.5 x 2^52 rounds, and leaves it in the low bits."""
    return np.float64(x + 6755399441055744.0).view(np.int64) - np.int64(0x4338000000000000)


@inlined
def exponential(u):
    """Unit exponential from a uniform: -ln(u)."""
    return -log(u)


@inlined
def normal(u):
    """Standard normal from a uniform, by AS 241 (relative accuracy 1e-16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (
                (
                    (
                        (
                            (
                                ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4)
                                * r
                                + 4.5921953931549871457e4
                            )
                            * r
                            + 1.3731693765509461125e4
                        )
                        * r
                        + 1.9715909503065514427e3
                    )
                    * r
                    + 1.3314166789178437745e2
                )
                * r
                + 3.3871328727963666080e0
            )
            / (
                (
                    (
                        (
                            (
                                ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4)
                                * r
                                + 2.1213794301586595867e4
                            )
                            * r
                            + 5.3941960214247511077e3
                        )
                        * r
                        + 6.8718700749205790830e2
                    )
                    * r
                    + 4.2313330701600911252e1
                )
                * r
                + 1.0
            )
        )
    r = np.sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        value = (
            (
                (
                    (
                        (
                            (
                                (7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                                + 2.41780725177450611770e-1
                            )
                            * r
                            + 1.27045825245236838258e0
                        )
                        * r
                        + 3.64784832476320460504e0
                    )
                    * r
                    + 5.76949722146069140550e0
                )
                * r
                + 4.63033784615654529590e0
            )
            * r
            + 1.42343711074968357734e0
        ) / (
            (
                (
                    (
                        (
                            (
                                (1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                                + 1.51986665636164571966e-2
                            )
                            * r
                            + 1.48103976427480074590e-1
                        )
                        * r
                        + 6.89767334985100004550e-1
                    )
                    * r
                    + 1.67638483018380384940e0
                )
                * r
                + 2.05319162663775882187e0
            )
            * r
            + 1.0
        )
    else:
        r -= 5.0
        value = (
            (
                (
                    (
                        (
                            (
                                (2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                                + 1.24266094738807843860e-3
                            )
                            * r
                            + 2.65321895265761230930e-2
                        )
                        * r
                        + 2.96560571828504891230e-1
                    )
                    * r
                    + 1.78482653991729133580e0
                )
                * r
                + 5.46378491116411436990e0
            )
            * r
            + 6.65790464350110377720e0
        ) / (
            (
                (
                    (
                        (
                            (
                                (2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                                + 1.84631831751005468180e-5
                            )
                            * r
                            + 7.86869131145613259100e-4
                        )
                        * r
                        + 1.48753612908506148525e-2
                    )
                    * r
                    + 1.36929880922735805310e-1
                )
                * r
                + 5.99832206555887937690e-1
            )
            * r
            + 1.0
        )
    return -value if q < 0.0 else value


@inlined
def gamma(shape, a, b, counter):
    """Gamma variable of a shape and scale 1: draw ``counter`` of a stream.

    Marsaglia and Tsang reject now and then, so each draw has a counter of its own below ``counter``.
    """
    own_a, own_b = absorb(a, b, counter)
    boosted = shape + 1.0 if shape < 1.0 else shape
    d = boosted - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    attempt = np.uint64(0)
    while True:
        x = normal(uniform(own_a, own_b, attempt))
        u = uniform(own_a, own_b, attempt + _ONE)
        attempt += np.uint64(2)
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        if log(u) < 0.5 * x * x + d - d * v + d * log(v):
            break
    value = d * v
    if shape < 1.0:
        value *= exp(log(uniform(own_a, own_b, attempt)) / shape)
    return value


@kernel
def fill_uniform(a: int, b: int, first: int, out: np.ndarray) -> None:
    """Fill an array with draws ``first``, ``first + 1``, ... of a stream, as uniforms.

    Parameters
    ----------
    a, b : uint64
        Key of the stream.
    first : int
        Number of the first draw.
    out : (n,) float64
        Output: draws.
    """
    for i in range(out.size):
        out[i] = uniform(np.uint64(a), np.uint64(b), np.uint64(first) + np.uint64(i))


@kernel
def fill_functions(u: np.ndarray, out: np.ndarray) -> None:
    """Fill columns with log(u), exp(log(u)) and normal(u), to compare the functions with a library's.

    Parameters
    ----------
    u : (n,) float64
        Uniforms.
    out : (n, 3) float64
        Output: columns.
    """
    for i in range(u.size):
        out[i, 0] = log(u[i])
        out[i, 1] = exp(out[i, 0])
        out[i, 2] = normal(u[i])
