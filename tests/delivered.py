"""Delivery facts, worded with the lines that come with the product."""

from functools import partial

from voice_interviewer.content.remarks import load_note_lines
from voice_interviewer.core.delivery import answer

delivery = partial(answer.delivery, lines=load_note_lines())
