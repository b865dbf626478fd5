"""Currencies and their minor units; rounding an amount of money, once (M6)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
        "ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR "
        "ZMW ZWG"
    ),
}
CURRENCIES: dict[str, int] = {code: places for places, codes in _MINOR_UNITS.items() for code in codes.split()}
"""ISO 4217 currency code -> decimal places of its minor unit."""


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for USD, 1 for JPY."""
    return Decimal(1).scaleb(-CURRENCIES[currency])


def round_money(amount: Decimal, currency: str) -> Decimal:
    """``amount`` to the currency's minor unit, half up (away from zero), as an invoice item is (M6)."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)
