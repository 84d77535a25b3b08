"""How much each signal counts, and what each seniority cannot do without.

Not reproducible: they came from non-negative least squares on answers of three strengths (so that no signal
can ever count against an answer), but that script and those answers were not kept. Take them for numbers set
by hand. tests/benchmarks/scoring.py says what they are worth."""

WEIGHTS: dict[str, float] = {
    "points": 1.8,
    "slots": 0.6,
    "result": 0.4,
    "own": 0.3,
    "measure": 0.2,
    "numbers": 1.7,
    "past": 0.2,
    "told": 0.3,
}
BASE = 0.5
"""What an answer comes to in which none of it was heard."""

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "behavioural": (
        ("own_action", "result"),
        ("situation",),
        ("reasoning",),
        ("measure",),
        ("reflection",),
        (),
    ),
    "situational": (
        ("first_step",),
        ("stakeholders",),
        ("tradeoff",),
        ("decision",),
        ("follow_through",),
        (),
    ),
    "technical": (("approach",), ("why",), ("validation",), ("failure_case",), ("constraint",), ()),
    "leadership": (("goal", "process"), ("people",), ("measure",), (), ("adoption",), ()),
}
"""By type, what each seniority of `bank.LEVELS` needs besides what the one below it does. From what
interviewers are told to listen for at a level (core.probing.wants), put in one order."""
STEP = 0.2
"""By how much the bar rises with each seniority."""
POINTS_NEEDED_FROM = "senior"
"""From here on the points at the heart of the question (weight 2) are needed too."""
