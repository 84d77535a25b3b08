"""What words carry: stems that know irregular verbs, which of them name something of one's own story, and
what things are made with."""

import re
from functools import lru_cache

from voice_interviewer.core.understanding.lexicon import STOPWORDS, stem

_LEMMA_WORDS = """
lost lose won win built build ran run led lead wrote write written write took take taught teach told
tell sold sell bought buy spoke speak spoken speak drove drive driven drive held hold met meet kept keep
paid pay found find began begin begun begin grew grow grown grow fell fall rose rise chose choose chosen
choose broke break broken break gave give given give knew know known know saw see seen see sent send
spent spend did do done do went go gone go left leave quitted quit flew fly flown fly fought fight
brought bring thought think caught catch cut cut laid lay slept sleep shut shut taken take fallen fall
hidden hide children child people person staff person persons person folks person drew draw drawn draw
ate eat eaten eat hit hit shot shoot sang sing sung sing swam swim swum swim rode ride ridden ride stole
steal stolen steal threw throw thrown throw wore wear worn wear woke wake woken wake froze freeze frozen
freeze forgot forget forgotten forget chosen choose hung hang dug dig fed feed felt feel heard hear hurt
hurt lent lend lit light meant mean put put rang ring rung ring read read shook shake shaken shake shone
shine shown show spread spread stood stand stuck stick swept sweep swung swing tore tear torn tear
understood understand withdrew withdraw withdrawn withdraw bit bite bitten bite blew blow blown blow
dealt deal beat beat beaten beat became become come come came come bound bind burnt burn learnt learn
spelt spell split split spun spin wept weep overran overrun overspent overspend died die lay lie
"""
_pairs = _LEMMA_WORDS.split()
_LEMMAS = dict(zip(_pairs[::2], _pairs[1::2], strict=True))

_GENERIC_WORDS = """
have work works worked working do make take give go come get use used using tell say said think know see
look find want need try start begin put keep let show ask call talk speak help feel become happen become
turn bring person people guy man woman thing something anything nothing everything everybody everyone
anyone anybody nobody someone somebody none time times day days week weeks month months year years hour
hours minute minutes today yesterday now then there here way ways lot bit part parts whole place places
project projects team teams job jobs company case cases problem problems question situation story
example role task point number end first second last next new old big small good bad long short high low
great little other another same different many few several ever never always often sometimes also even
still already yet only just rather back own whole able real really please yes no not one two three self
everyone together experience client clients customer customers user users manager boss colleague
colleagues result results reason side idea case fact member members life world data test tests testing
tested small thing every heard hear everybody hard difficult easy better best early late later soon
between during whole per without within against about across since until how long much exactly yours
else most mostly mainly myself alone who'd disagreement matter matters instance remember failed fail
failure responsibility responsible learned learn proud mistake describe situation moment conversation
couple mean finally definitely certainly probably honestly
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words that two stories may share without being about the same thing."""

_TOOL_WORDS = """
python java javascript typescript kotlin swift rust golang ruby php perl scala matlab fortran cobol
react angular vue django flask rails node excel spreadsheet spreadsheets powerpoint tableau looker qlik
sap salesforce hubspot jira trello asana notion slack figma sketch photoshop autocad revit postgres
postgresql mysql oracle mongodb sqlite redis snowflake bigquery databricks spark hadoop kafka airflow
docker kubernetes terraform ansible jenkins aws azure gcp linux windows pytorch tensorflow keras sklearn
wordpress shopify paper whiteboard sas spss stata dbt sql macros
"""
TOOLS = frozenset(_TOOL_WORDS.split())
"""What things are made with, where a word alone does not show it."""


_DOER = re.compile(r"(?:er|or|ers|ors|ment|ation|ings)$")
"""An owner owns and a trainer trains, but only the noun names somebody."""


@lru_cache(maxsize=4096)
def lemma(word: str) -> str:
    """The stem of a folded word, irregular verbs included."""
    found = stem(_LEMMAS.get(word, word))
    return word if found in GENERIC and word not in _GENERIC and _DOER.search(word) else found


GENERIC = frozenset(stem(_LEMMAS.get(word, word)) for word in _GENERIC) | _GENERIC


@lru_cache(maxsize=1024)
def stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order."""
    words = (word.strip("'").removesuffix("'s") for word in re.findall(r"[^\W\d_][\w']*", text))
    return tuple(lemma(word) for word in words if word not in STOPWORDS and word != "quite" and len(word) > 2)


def specific(found: frozenset[str]) -> frozenset[str]:
    """Those of them that name something of one's own story."""
    return frozenset(word for word in found if word not in GENERIC)
