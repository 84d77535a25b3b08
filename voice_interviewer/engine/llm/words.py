"""The word lists behind the guards, as patterns for lower-case lines with plain apostrophes.

Protected matters are the usual list of questions an employer may not put: age, family, pregnancy, health,
origin, faith, orientation, politics, union, arrest. They are refused in the second person only, because the
same words may be what a candidate's work is about ("accuracy by age group").
"""

import re

_ASKING = r"what|how|why|who|whom|whose|when|which|where"
_HELPING = r"did|do|does|is|are|was|were|could|can|would|will|should|has|have"

COMPOUND = re.compile(
    rf"\S (?:and|or|but|then|also|plus|as well as),? (?:also |then |if so,? |in turn |{_HELPING} you"
    rf"|(?:{_ASKING})\b)"
    rf"|[,;:\N{{EN DASH}}\N{{EM DASH}}] ?(?:and |or )?(?:{_HELPING}) (?:you|it|they|that"
    rf"|the)\b.*\b(?:{_ASKING})\b"
    r"|(?:^|[.!] )(?:and |so )?(?:what|how|why|who|which|where)\b"
    rf"[^,;]*[,;:\N{{EN DASH}}\N{{EM DASH}}-] ?(?:{_ASKING}) "
)
"""Two questions in one."""

_IMPERATIVES = """
    tell take walk talk give describe explain pick choose name show help say share bring put let expand
    elaborate outline spell list compare define clarify imagine think start begin continue go recall unpack
    sketch point detail"""
IMPERATIVES = frozenset(_IMPERATIVES.split())

_OPENERS = """
    a about above according across actually after again against ahead all along alongside although among
    and another any apart are around as aside assuming at back because before begin beginning behind
    being beneath besides between beyond both bring building but by can choose clarify coming compare
    compared concerning concretely considering continue could define describe despite did dig do does
    during each earlier early either elaborate even eventually every everybody everyone everything
    exactly except expand explain facing finally first following for from getting give given going had
    half halfway has have having hearing help here hold how however if imagine in initially inside
    instead into is it its just knowing last later leaving let let's looking may maybe me meanwhile
    midway more moreover most moving my name near next no not nothing now of off often okay on once one
    only or originally other out outline outside over overall pause perhaps personally pick picture
    please point previously put putting rather recall regarding right roughly same say seeing setting
    several share show since sketch so some somebody someone something sometimes somewhere soon sounds
    speaking specifically spell start starting staying step stepping still stop such suppose take talk
    tell than thank thanks that that's the their them then there therefore these they think thinking
    this those though three through to today together tomorrow turning two ultimately under unless until
    up upon using usually versus via walk was we well were what what's whatever when whenever where
    wherever whether which whichever while who whom whose why will with within without working would yes
    yet you you'd you're you've your yourself zoom"""
OPENERS = frozenset(_OPENERS.split())
"""What a sentence may begin with, when it was not said before: anything else with a capital may be a name."""

_KIN = (
    r"husband|wife|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|child|children|kids?|son|daughter"
    r"|baby|family"
    r"|mother|father|mom|mum|dad|parents?|brother|sister|marriage|divorce"
)
_TRAITS = (
    r"age|birthday|date of birth|birth|birthplace|nationality|citizenship|origin|ethnicity|ethnic"
    r"|race|skin|accent"
    r"|native language|mother tongue|religion|faith|church|mosque|beliefs?|god|disability"
    r"|disabilities|handicap"
    r"|health|illness|disease|diagnosis|medication|medical|therapy|pregnancy|orientation|sexuality"
    r"|gender|sex"
    r"|marital|politics|political|vote|party membership|union|criminal|arrest|conviction|weight"
    r"|height|genetic"
    r"|caste|salary history|credit"
)
_STATES = (
    r"married|single|divorced|engaged|pregnant|expecting|disabled|handicapped|ill|sick|depressed"
    r"|healthy|gay"
    r"|lesbian|straight|bisexual|transgender|trans|religious|christian|muslim|jewish|hindu|catholic|atheist"
    r"|black|white|asian|hispanic|foreign|native|an? (?:immigrant|foreigner|citizen|mother|father|parent"
    r"|union member|veteran|democrat|republican)|old|young|too old|too young|retiring|on medication"
    r"|male|female"
)

PROTECTED = re.compile(
    rf"\byour (?:own |personal |current )?(?:{_KIN}|{_TRAITS})\b"
    rf"|\b(?:are|were|aren't|weren't) you (?:currently |planning to be |getting |really "
    rf"|also )?(?:{_STATES})\b"
    rf"|\byou(?:'re| are| were) (?:{_STATES})\b"
    rf"|\b(?:do|did|does|will|would|have|had) you (?:ever |already |also |currently )?(?:have|want|got"
    rf"|plan(?: on)?"
    rf"|have any|raise)(?: having| any| a| your)? (?:{_KIN}|disabilit|health|illness|criminal)"
    r"|\bhow old (?:are|were) you\b|\bwhere (?:are|were) you (?:really |originally )?(?:from|born)\b"
    r"|\b(?:were you|you were) born\b|\bwhat year (?:were you|did you (?:graduate|finish school))\b"
    r"|\b(?:do|did|have|are|were|will) you (?:ever |been |ever been )*(?:smoke|drink alcohol"
    r"|take drugs|use drugs|pray"
    r"|worship|voted?|support (?:a|any|the) party|belong to|join(?:ed)? a union|arrested|convicted"
    r"|in prison"
    r"|go to church|attend church|date|marry|sick)\b"
    r"|\b(?:get|getting|become|becoming|are) (?:you )?pregnant\b|\bstart(?:ing)? a family\b|\bmaternity\b"
)

PROFANE = re.compile(
    r"\b(?:fuck\w*|shit\w*|crap|damn\w*|bitch\w*|bastard|asshole|idiot\w*|stupid|moron\w*|dumb)\b"
)

PRAISE = re.compile(
    r"\b(?:great|excellent|impressive|impressed|fantastic|wonderful|amazing|awesome|brilliant|perfect"
    r"|superb"
    r"|outstanding|terrific|nice|nicely|congratulations|congrats|kudos|bravo|well done|well said|love"
    r"|loved|lovely"
    r"|admire|admirable|fascinating|interesting|insightful|thoughtful|helpful|valuable|commendable"
    r"|exactly right"
    r"|glad|pleased|appreciate|strong (?:answer|start|example|point)|solid|good (?:answer|point|job"
    r"|work|example"
    r"|start|thinking|question|one|for you|call|approach|choice)|(?:very|really|so|sounds?|that's"
    r"|that is) good"
    r"|clever|smart|cool|makes sense)\b|^good\b"
)

VERDICTS = re.compile(
    r"\b(?:that's|that is|that was|you're|you are|you were|it's|it is) (?:\w+ ){0,2}(?:right|wrong"
    r"|correct|incorrect"
    r"|weak|poor|bad|vague|unclear|incomplete|insufficient|not enough|disappointing|unconvincing"
    r"|off topic|true"
    r"|false|mistaken)\b|\byour answer\b|\byou (?:failed|missed|forgot|neglected|didn't (?:mention"
    r"|answer|explain))"
    r"|\b(?:hire|hired|hiring you|reject|rejected|unfortunately|sadly|too (?:vague|short|long|general))\b"
    r"|\bi(?:'m| am)? (?:not )?(?:convinced|disappointed|agree|disagree|sorry|like|doubt)\b"
    r"|\b(?:so|to) (?:summari[sz]e|sum up|recap)\b|\bin (?:summary|short|other words,? you)\b"
)

SCORES = re.compile(r"\b(?:score[sd]?|scoring|grade[sd]?|rating|rated|points|stars|marks)\b")

_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|hundred|full|top|zero)"
TEACHING = re.compile(
    rf"\b{_NUMBER} ?(?:out of|/|of) ?{_NUMBER}\b|\b{_NUMBER} (?:points?|stars?|marks?)\b|\b(?:score"
    rf"|rate|grade) (?:you|it"
    r"|that|this)\b"
    r"|\byou (?:should|ought|need to|must|may want|might want|could have|would do better|can also"
    r"|had better)\b"
    r"|\b(?:i'd|i would|i will|i'll|i can|let me) (?:suggest|recommend|advise|explain|tell you|teach"
    r"|show you|add"
    r"|give you)\b|\bi (?:suggest|recommend|advise|think|believe)\b|\bin my (?:opinion|view|experience)\b"
    r"|\b(?:remember|don't forget|make sure|keep in mind|be sure|try|consider|next time)(?: to| that|,)"
    r"|\b(?:it's|it is) (?:\w+ )?(?:important|best|better|essential|crucial|good|key) (?:to|that)\b"
    r"|\b(?:good|better|best|ideal|strong|model|right|correct|perfect|complete) (?:answers?"
    r"|practices?|response)\b"
    r"|\b(?:the|a) (?:right|correct|best|better|proper|ideal) (?:way|approach|thing|step)\b"
    r"|\b(?:for example|for instance|such as|e\.g|hint|tip|rubric|star method|actually means"
    r"|the answer is)\b"
)
"""Advice, hints, lessons and marks out of ten."""

UNSPEAKABLE = re.compile(
    r"[^\w\s.,;:?!'’‘\"“”()%$€£&/+\N{EN DASH}\N{EM DASH}-]|\.\.|\\|[&/+]{2}|^[\d_]|^[^\w\"“‘']"
)
"""Signs and pictures a voice stumbles over; a line begins with a letter or a quotation mark."""
