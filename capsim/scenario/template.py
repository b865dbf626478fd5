"""The scenario that ``capsim init`` writes: every key in its place, with its meaning."""

TEMPLATE = """\
# A capsim scenario. Check it with `capsim validate`, run it with `capsim run`.
# docs/rules.md explains the rules cited (R1 ..., M1 ...). All prices are examples: replace them with your own.

name: My numbers
currency: USD                    # ISO 4217
timezone: Europe/London          # IANA; dates and billing are local to it (default UTC)
start: 2026-11-02                # local date, or date-time: 2026-11-02 08:00
duration: 1 month                # days, weeks, months: by the calendar; s, min, h: elapsed
warm_up: 2 h                     # simulated before the start, in no figure (default 0 s)
seed: 1                          # the same seed gives the same calls
replications: 10                 # independent repetitions; intervals come from their spread

billing:
  cycle: month                   # month (default), 28 days or 30 days
  # renews: 2026-11-20           # first renewal day of the pools (default: start)
  # owned: {standard: 4}         # channels bought before the start: no setup, next fee at the renewal (M1)
  # removal: no refund           # or prorated: refunds the days left of a removed channel (M2)

# account:                       # prepaid balance; without an account, money never ends a call (R10)
#   balance: 250.00
#   top_up: {threshold: 50.00, amount: 200.00}   # added when a charge takes the balance below the threshold

# goals:                         # accepted blocking and cost; `capsim run --check` exits with 1 unless all are proven
#   blocking: 0.1%               # of all calls; or busy_hour, busiest_days, each_group, each_did, groups, dids
#   monthly_cost: 500

# profiles:                      # factors of the call rate by hour and weekday, local time; 0 on days not named
#   office:
#     weekday: {8-12: 1, 12-13: 0.6, 13-18: 1}   # hours; or 24 numbers, or one number for the whole day
#     Saturday: {9-13: 0.3}

# replay:                        # calls from call records, instead of traffic; see `capsim records --help`
#   calls: calls.csv             # path from this file; calls find their DID by its number
#   days: as they were           # or drawn anew: whole days drawn at random, by weekday

pools:                           # countries, flat-rate channels and their prices (R5, R6, M1, M3)
  standard:
    coverage: standard           # standard, extended, or a list of countries: [GB, DE]
    # channels: 12               # flat-rate channels bought (default: as many as are assigned)
    # renews: 2026-11-20         # first renewal day (default: that of billing)
    flat_rate:
      setup: 0.00                # once for each channel
      monthly: 15.00             # for each channel and billing cycle
      # breaks: [{from: 30, monthly: 10.00}]   # from 30 channels on, every channel costs this (M5)
    metered:
      rate: 0.010                # per minute
      first_interval: 60 s       # shortest billed time of a call
      next_interval: 60 s        # billed time then grows in these steps
      connection_fee: 0

groups:                          # DIDs that use the same shared and metered channels (R3, R4)
  support:
    pool: standard
    shared: 4                    # flat-rate channels of the group
    metered: 20                  # pay-per-minute channels of the group, at most 1,000
    # capacity_limit: 30         # largest number of simultaneous calls of all its DIDs (R9)

dids:                            # phone numbers
  london:
    number: "+442079460000"      # in quotes
    country: GB                  # ISO 3166 alpha-2
    mode: DID+2                  # 2 included channels; DID+0: none; metered: none, joins a pay-per-minute group (R8)
    fees: {setup: 1.00, monthly: {DID+2: 4.80, DID+0: 0.80}}
    dedicated: {pool: standard, channels: 1}   # flat-rate channels of this DID alone
    group: support
    # capacity_limit: 10         # largest number of simultaneous calls of this DID (R9)
    # activated: 2026-10-20      # start of its billing cycles, with the setup paid (default: start)
    traffic:
      calls_per_hour: 60         # or erlangs: 3.0
      holding: {distribution: exponential, mean: 3 min}   # from answer to end
      # ring: 6 s                # before the answer: a length, or a distribution like that of holding (R14)
      # answered: 92%            # the other calls ring, and hang up
      # profile: office          # factors of the rate: a name under profiles, or a profile
      # surges: [{start: 2026-11-23 09:00, length: 3 h, factor: 2.5}]
      # growth: 2%               # each month
      # day_factor: {cv: 0.2}    # busier and quieter days at random; correlation: 1 between DIDs
      # redial: {probability: 60%, delay: 1 min, attempts: 3}   # what blocked callers do

  branch:
    count: 5                     # five identical numbers: branch-1 ... branch-5
    country: GB
    mode: DID+0
    fees: {monthly: 0.80}
    group: support
    traffic:
      erlangs: 0.2               # offered load: calls per mean holding time
      # exponential, deterministic; lognormal, gamma, hyperexponential with cv; empirical with values
      holding: {distribution: lognormal, mean: 3 min, cv: 1.2}

# changes:                       # changes during the horizon (R11, R12): each has a moment, and one action
#   - {at: 2026-11-16 08:00, assign: {group: support, shared: 2}}            # or {did: london, dedicated: 1}
#   - {every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 10}}
#   - {at: 2 weeks, set: {group: support, capacity_limit: 40}}               # after the start; a number, or none
#   - {at: 2026-11-16, buy: {pool: standard, channels: 4}}                   # in a pool that gives its channels
#   - {at: 2026-11-20, until: 2026-11-23, add: {did: branch-5}}              # there from then on, or until a moment
#   - {at: 2026-11-20, switch: {did: london, mode: DID+0}}                   # at its next cycle; renew: 1 month for now
# Other actions: remove, unassign, join and leave (a group), renew, clear (a switch), end (a DID), delete (a group).
"""
