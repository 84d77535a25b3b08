"""How the requests of `requests` sound, as patterns over folded text (see `lexicon.Phrase`)."""

from voice_interviewer.core.understanding.lexicon import Phrase

_THIS = r"(?: (?:this one|that one|this question|that question|the question|that|this|it|one|question))?"
_MOMENT = r"(?:second|sec|moment|minute|bit|while|few seconds|couple of seconds|little time|time)"
_VERY = r"(?:really|very|quite|rather|too|so|just|still|only|currently|pretty|a bit|kind of|that|all)"
_CANNOT = r"(?:can't|cannot|can not|couldn't|could not)"
_NOT_HAVE = r"(?:don't|do not|didn't|did not)(?: (?:really|actually|even|yet))? have"
_NEVER = (
    r"(?:i(?:'ve| have)? never|i (?:haven't|have not|hadn't|didn't|did not)(?: ever)?)"
    r"(?: (?:really|actually|ever|yet|personally))?"
)

STRICT = {
    "repeat": Phrase(
        rf"(?:can|could|would|will) you (?:please )?(?:say|repeat|ask|read|rephrase|explain)(?: me)?{_THIS}"
        r"(?: (?:again|once more|one more time|to me|for me))*"
        rf"|(?:repeat|rephrase|explain) (?:that|it|this|the question)|say (?:that|it|the question) again"
        r"|what (?:was|is|were) (?:the|that|your) question(?: again)?|what did you (?:say|ask)(?: me)?"
        r"|i (?:didn't|did not|couldn't|don't|do not) (?:quite |really )?"
        rf"(?:catch|hear|get|understand)(?: what you (?:said|mean|want))?{_THIS}"
        rf"|i'm not sure (?:that |if )?i (?:understand|understood|got|heard){_THIS}"
        r"|what do you mean(?: by that| exactly)?|come again|pardon(?: me)?|again please|(?:sorry )?what$"
        r"|(?:can|could|may) (?:i|we) (?:please )?(?:start|begin|try) (?:again|over|that again|it again"
        r"|from the (?:beginning|start))"
    ),
    "skip": Phrase(
        rf"(?:(?:can|could|may|shall) (?:we|i) |let's |let us |i'd (?:rather |like to |prefer to )"
        rf"|i'll |i would "
        rf"(?:rather |like to |prefer to )|i want to )?(?:skip|pass)(?: on)?{_THIS}"
        r"|(?:(?:can|could|shall) we |let's )(?:move on|go on|go to the next(?: one| question)?)"
        r"|(?:(?:can|could|may|shall) (?:we|you|i) |let's |let us )?(?:please )?(?:talk about|do|try|have"
        r"|take"
        r"|ask(?: me)?|get) (?:something else|another (?:one|question)|a different (?:one|question)"
        r"|the next (?:one|question))|(?:another|a different) question"
        r"|next(?: question| one)|no comment"
    ),
    "wait": Phrase(
        rf"(?:let me|i need to|i have to|i want to|i'd like to) (?:just )?think"
        rf"(?: (?:about|on|over) (?:that|this|it|the question))?(?: for)?(?: an?| one)?(?: {_MOMENT})?"
        rf"|(?:(?:can|could|would) you (?:please )?)?(?:give|allow) me (?:just )?(?:an?|one|some)"
        rf"(?: {_MOMENT})?(?: to think)?(?: about (?:that|this|it))?"
        rf"|(?:can|could|may) i (?:just )?(?:have|take|get) (?:an?|one|some) {_MOMENT}"
        r"(?: to think)?(?: about (?:that|this|it))?"
        rf"|(?:i need )?(?:just )?(?:a|one|some) {_MOMENT}(?: to think)?|let me see|i'm (?:still )?thinking"
        r"|i(?:'m| am| was|'ve| wasn't| haven't)(?: not)?(?: yet)? (?:finished|done) yet"
        r"|i(?:'m not| am not| was not| wasn't| haven't) (?:finished|done)"
    ),
    "unknown": Phrase(
        r"(?:i )?(?:really |honestly |just )?(?:don't|do not) know"
        r"(?: (?:what to say|the answer|how to answer)(?: to that| that| this)?)?|dunno|(?:i have "
        r"|i've )?no idea"
        r"|(?:i'm |i am )?(?:really )?not sure"
        r"(?: (?:what to say|how to answer|about that|about this)(?: that| this)?)?|i'm stuck"
        rf"|i {_CANNOT} (?:really )?(?:remember|recall|say)(?: it| that)?"
    ),
    "finished": Phrase(
        r"that's (?:it|all|my answer|everything)(?: from me| i have| really)?|that (?:is|was) (?:it|all)"
        r"|i'm (?:done|finished)|i am (?:done|finished)|nothing (?:else|more)(?: to add)?"
        r"|i(?:'ve| have)? (?:already|just) (?:answered|said|told|explained|covered|mentioned|described)"
        r"(?: (?:you|that|this|it|the question|everything|all of it|already|before|just now))*"
        r"|i(?:'ve| have)? (?:answered|explained|covered) (?:that|this|it|the question|everything)"
        r"(?: (?:already|before|just now))*"
    ),
}
"""Requests that stand alone, apart from soft words."""

AGAIN = Phrase(
    r"(?:as|like) i (?:just |already )?(?:said|mentioned|told you)(?: (?:already|before))?"
    r"|i (?:just |already )?(?:said|told you)(?: (?:already|before|that))?"
    r"|i(?:'ve| have) (?:already )?(?:said|told you)(?: (?:already|before|that))?"
)
MUSING = Phrase(
    rf"(?:(?:that's|it's|this is|that is) )?(?:an? )?(?:{_VERY} )?(?:good|tough|hard|difficult|tricky"
    r"|interesting|great|big) (?:question|one)"
)
"""Said while thinking: a wish for time when nothing else is asked for."""

_ABOUT_IT = (
    r"(?: (?:about|on|into))?(?: (?:this|that|the|any|it|such|more|those|these|too much|anything|much)\b"
    r"(?: (?:one|question|topic|subject|details?|things?|period|time|experience|part))?)"
)
_TELLING = (
    r"(?:(?:talk|speak|talking|speaking)(?! (?:to|with)\b)|(?:say|answer|tell|saying|answering|telling)"
    rf"(?={_ABOUT_IT}| you\b| why| what happened| because| for| as| since| if|$)|(?:discuss|share|disclose"
    r"|reveal|comment|discussing|sharing|disclosing|commenting|go into|get into|going into|getting into|open"
    rf" up))(?: you)?(?:{_ABOUT_IT})?"
)
_STOPS = r"(?= (?:because|for|as|since|if|it|that|this|sorry|please|thanks|thank)\b|$)"
"""Nothing follows that the refusal would be about."""
REFUSAL = Phrase(
    rf"(?:i(?:'d| would)(?: {_VERY}| much)? (?:rather not|prefer not to|like not to|prefer to not)"
    rf"|i(?:'d)?(?: {_VERY})? prefer not to|(?:i )?rather not|prefer not to)(?: {_TELLING}|{_STOPS})"
    rf"|i(?: {_VERY})? (?:don't|do not)(?: {_VERY})? (?:want to|wish to|like to|feel like|feel comfortable"
    rf"|feel ready to|feel able to)(?: {_TELLING}|{_STOPS})"
    rf"|i(?:'m| am)(?: {_VERY})? not(?: {_VERY})? (?:comfortable(?: with)?|willing to|allowed to|ready to"
    rf"|supposed to|at liberty to|able to|going to) {_TELLING}"
    r"|i (?:can't|cannot|can not|won't|may not|must not) (?:talk about|answer|discuss|disclose|share"
    r"|comment on"
    r"|go into) (?:that|this|it|the|those|these|any|such)\b(?: (?:question|details?|one|topic))?"
    r"|(?:that's|that is|it's|it is|this is)"
    rf"(?: {_VERY})? (?:personal|private|confidential|none of your business|covered by an nda|under an nda)"
    rf"|(?:that's|that is|it's|it is|this is) too (?:painful|sensitive|difficult to talk about)"
)

_SUCH = (
    r"(?:(?:such(?: an?)?|(?:that|this|these|those)(?: (?:kind|sort|type)s? of)?|any(?:thing)?|one|it"
    r"|an?(?= (?:sit|prob"
    r"|case|conf|disag|exper|posi|fail|mom|chall|exam|job)))(?: (?:of (?:that|this)(?: kind)?|kind of"
    r"|sort of|type of))?)"
    r"(?: (?:situations?|things?|problems?|cases?|conflicts?|disagreements?|experiences?|positions?|roles?"
    r"|one|failures?|moments?|challenges?|examples?)\b)?(?: (?:like|similar to) (?:that|this|it|those))?"
)
NONE = Phrase(
    r"nothing(?: (?:really|specific|particular|special))? (?:comes|came|springs|pops|is coming|crosses|jumps)"
    r"(?: in)?(?: ?to)?(?: my)? (?:mind|head)"
    r"|(?:nothing|no such thing|never anything) (?:(?:like|similar to|of) (?:that|this|it)(?: (?:kind|sort"
    r"|type))? ?)?(?:has |have |had )?(?:ever |really |actually )*(?:happened|happens|occurred)(?: to me)?"
    r"|(?:that|this|it|such (?:a )?(?:thing|situation|case)|something like (?:that|this))"
    r" (?:(?:has |have |had )?never(?: really| actually)? happened|(?:hasn't|has not|didn't|did not)"
    r"(?: ever| really| actually)? happen(?:ed)?)(?! again)(?: to me)?"
    rf"|{_NEVER} (?:been (?:in|through|into)|had|have|faced|experienced|encountered|come across|dealt with"
    rf"|seen"
    rf"|done|met) (?:{_SUCH})(?! [a-z]+ing\b)"
    rf"|{_NEVER} (?:used|heard of|heard about|worked with|worked in|tried|learned|learnt)(?: (?:it|that"
    rf"|this))?"
    rf"|i(?: {_VERY})? (?:{_NOT_HAVE})(?: (?:any|much|a lot of|enough|an?|such(?: an?)?|that|this|one))*"
    r"(?: (?:[a-z]+ ){0,2}(?:experience|experiences|examples?|stor(?:y|ies)|situations?|answer|background))?"
    r"(?: (?:like|of|for|with|in) (?:that|this|it)(?: kind)?)?(?= yet| so| because| since| as| right| at| and"
    r"| sorry| to be| really| i|$)"
    r"|(?:i(?:'ve| have)(?: got)?|i had|i got)?(?: ?(?:absolutely|still|really))? ?(?:no|zero|little"
    r"|hardly any)"
    r" (?:[a-z]+ ){0,2}(?:experience|examples?)(?: (?:like|of|for|with|in) (?:that|this|it))?"
    rf"|i(?:'m| am) not(?: {_VERY})? (?:familiar|experienced)(?: (?:with|in)(?: (?:that|this|it))?)?"
    r"|i (?:don't|do not)(?: really)? know (?:much|anything|a lot|enough) about|i know nothing about"
    rf"|i {_CANNOT}(?: really)? (?:think of|come up with|imagine)"
    rf"|i {_CANNOT}(?: really)? (?:remember|recall|find) (?:any|an example|one|anything|such|something)"
    r"|not that i (?:know of|can (?:think of|remember|recall))"
    r"|there(?:'s| is| was| has been) (?:nothing|no such|no (?:example|situation|case))"
    r"(?: (?:like that|i can think of|thing|situation|case))*"
)

NOVICE = Phrase(
    rf"i(?:'m| am)(?: {_VERY}| also)* (?:an? )?(?:[a-z]+ )?(?:student|graduate|undergraduate|beginner|junior"
    r"|intern|trainee|newcomer|school leaver|apprentice|fresher)"
    r"|i(?:'ve| have)? (?:only |just |recently )+(?:graduated|finished (?:school|university|college|uni|my"
    r" (?:degree|studies|bachelor'?s?|master'?s?|apprenticeship|training))|left (?:school|university)"
    r"|started (?:working|out|my (?:career|first job)))(?: (?:here|there|(?:last|this) (?:week|month|year)"
    r"|an? (?:week|month|year) ago|[a-z]+ (?:weeks|months|years) ago))?"
    r"|(?:this|it) (?:is|would be|will be) my (?:very )?first (?:job|position|role|interview)"
    rf"|i(?:'m| am)(?: {_VERY}| completely)? new (?:to|in|at) (?:this|that|it|the)(?: (?:field|job|role"
    rf"|area))?"
    rf"|{_NEVER} (?:worked|had a (?:real )?job|been employed|managed|led)"
    r"(?: (?:yet|before|anywhere|people|anyone|a team|in a team))*"
    r"|i(?:'m| am) not (?:an? )?(?:[a-z]+ )?(?:manager|leader|engineer|developer|lawyer|expert|specialist"
    r"|technical person)"
)
"""Why somebody has nothing to tell; alone it says as much as "I have none"."""

INTERRUPTION = Phrase(
    rf"hold on|hang on|wait(?: (?:an?|one)(?: {_MOMENT})?|(?= (?:please|for|i|my|let|there|someone)\b|$))"
    rf"|just (?:a|one) {_MOMENT}|one {_MOMENT}"
    r"|(?:(?:can|could|may|shall) (?:we|i) (?:please )?|let's |let us |i'd like to |i need to |i want to )"
    r"(?:please )?(?:(?:take|have|make|do) (?:a|one) (?:[a-z0-9]+ )?(?:[a-z]+ )?(?:break|pause)|pause|stop)"
    r"(?: (?:here|for (?:an?|one|some) [a-z]+|please))*"
    r"|i(?: just| really)? need (?:to (?:get|grab|drink|have|use|go to|answer|open|close) )?(?:an?|some|the"
    r"|my)"
    r" (?:[a-z]+ of )?(?:[a-z]+ )?(?:break|water|pause|bathroom|toilet|drink|coffee|tea|tissue|door|air"
    r"|phone|window)"
    r"|(?:i'll|i will|i'm going to) be (?:right )?back"
    r"|(?:someone|somebody|there's someone|there's somebody|there is someone|there is somebody)(?: is|'s)?"
    r" (?:at the door|calling(?: me)?|knocking|coming in)"
    r"|(?:my|the) (?:phone|doorbell|door bell|baby|dog|cat|kids?|alarm|neighbours?|neighbors?) (?:is|are"
    r"|keeps?)"
    r" [a-z]+ing"
)

ASK_BACK_PHRASE = Phrase(
    r"(?:can|could|may|should|shall|must) i(?: (?:also|just|maybe|please|rather))* (?:talk|speak|give|use"
    r"|take"
    r"|tell|answer|describe|share|mention|choose|pick|say|refer|explain|bring|start|begin|do|make|be)"
    r"|do i (?:have|need) to|(?:is|would) (?:it|that|this)(?: be)? (?:ok|okay|fine|alright|all right|allowed"
    r"|possible|acceptable|enough|possible)(?: (?:if|to|for|when))?"
    r"|do you(?: (?:maybe|actually|rather))? (?:mean|want|need|expect|prefer|refer|wish)|did you mean"
    r"|you mean"
    r"|are you (?:asking|talking|referring|looking|interested)|would you (?:like|prefer|rather)"
    r"|what (?:exactly )?(?:do|did) you mean|what does [a-z]+(?: [a-z]+){0,3} mean"
    r"|(?:what|which) (?:kind|sort|type) of|(?:what is|what's) (?:an?|the meaning of|meant by)"
    r"|(?:can|could|would|will) you (?:please )?(?:explain|clarify|define|elaborate|specify|give me|tell me"
    r"|be (?:a bit |a little )?more|help me|describe)"
    r"|(?:does|must|should|can|could|may) (?:it|this|that) (?:(?:have|need) to )?be"
    r"|which [a-z]+ (?:do|did|are|should|would) (?:you|i)"
)

_YOUR_QUESTION = r"(?:the|your|this|that) (?:question|task|wording|phrasing)"
MEANING = Phrase(
    r"(?:what|how) (?:exactly |precisely )?(?:do|did|does) (?:you|that|this|it|your question) "
    r"(?:actually |exactly )?mean|what (?:is it|is|was it) you mean|what you mean"
    r"|what does (?!it matter)[a-z]+(?: [a-z]+){0,3} mean|what (?:this|that|the) (?:word|term) means"
    r"|(?:what is|what's|what was) (?:the )?mean(?:ing|t)|what is it meaning"
    r"|(?:what|what exactly) (?:is|are) (?!the|your|my|it|that|this|there)[a-z]+(?: [a-z]+){0,2}"
    r"|what's (?!the|your|my|it|that|this|up|next)[a-z]+(?: [a-z]+){0,2}"
    r"|what (?:do|would) you (?:call|understand by)|what counts as|give me an (?:example|idea)"
    r"|what would be an example"
    r"|(?:can|could|would|will) you (?:please |maybe |just )?(?:explain|clarify|define|elaborate|simplify)"
    rf"|(?:explain|clarify|define) (?:it|that|this|to me|{_YOUR_QUESTION})|you'll have to explain"
    r"|re ?phrase|reword|restate|paraphrase|simplify"
    r"|(?:in|with|using) (?:a )?(?:other|another|different|simpler|simple|easier|more easy|fewer|plain"
    r"|clearer) (?:words?|terms?|english|way)"
    r"|(?:in )?(?:a |an )?(?:slightly |bit )?(?:simpler|easier|plainer|clearer|more simply|more clearly)"
    r"|(?:another|a different) way|(?:it|that|this|question) (?:more )?(?:differently|plainly|simply)"
    r"|(?:be|bit|little) (?:more specific|clearer)|break (?:it|that|this) down"
    r"|what (?:exactly |precisely )?(?:are|were) you (?:asking|after|getting at|looking for|on about)"
    r"|what (?:sort|kind|type) of (?:thing|answer) are you (?:after|looking for)"
    r"|what (?:exactly |precisely )?(?:do|did) you (?:actually |really )?(?:want|wish)"
    r" (?:to know|me to|from me)"
    r"|what (?:exactly |precisely )?is it (?:that )?(?:you|you're|you'd) (?:are |would )?"
    r"(?:like|want|ask|asking|wish|after)"
    r"|(?:don't|do not|never heard) (?:know )?(?:this|that|the) (?:word|term|expression)"
)
"""Asks for other words, whatever stands beside it."""
NOT_UNDERSTOOD = Phrase(
    r"(?:don't|do not|didn't|did not|haven't|can't|cannot|not sure (?:that |if )?(?:i )?|no)"
    r"(?: (?:think|quite|really|fully|totally|i|exactly|even))* ?(?:understand|understood|grasp|grasped)"
    rf"|(?:don't|do not|can't) (?:quite |really )?(?:get|see) (?:{_YOUR_QUESTION}|it|that)"
    r"|(?:don't|do not|can't) (?:quite |really )?(?:get|see|know) what you(?:'re| are| mean)?"
    r"|no idea what you(?:'re| are| mean)?|(?:never|not|haven't) heard of"
    r"|(?:don't know|do not know|not sure|no idea) what (?!the (?:answer|best|right)|(?:my|our|his|her|their"
    r"|i|you|he|she|we|they|it|to)\b)[a-z]+(?: [a-z]+){0,3} (?:is|are|means?)"
    rf"|(?:not|i'm not) (?:getting|parsing|understanding) (?:it|that|this|{_YOUR_QUESTION})"
    r"|(?:don't|do not|can't|not)(?: (?:quite|really|totally|quite sure i))* (?:follow|following)(?: you)?"
    r"|(?:doesn't|does not) make (?:any |much )?sense|over my head|you lost me|too complicated"
    r"|(?:isn't|is not|not) (?:really |quite )?clear to me|i'm (?:a bit |a little )?confused"
    r"|not (?:altogether |quite |really )?(?:certain|sure) what (?:it is (?:that )?)?you"
)
"""Says that it was not understood: other words are wanted, unless it was badly heard."""
AROUND_MEANING = Phrase(
    r"i|i'm|am|still|it|that|this|the|an?|your|question|word|term|one|here|there|by|of|with|in|me|is|at all"
)
"""The words that may stand around the two above in an utterance that is nothing else."""
HEARD_BADLY = Phrase(
    r"again|repeat|repeating|once more|one more time|a second time|hear|hearing|catch|caught|slow|slower"
    r"|slowly|loud|louder|the line|cut out|last (?:part|bit|words?)|second half|what did you (?:say|ask)"
)

SOFT = Phrase(
    r"um|uh|er|erm|hm|hmm|mm|ah|oh|so|well|okay|ok|yeah|yes|no|right|and|but|just|please|sorry|thanks"
    r"|thank you|actually|honestly|to be honest|i'm (?:really |so |very )?(?:sorry|nervous)|i guess|i think"
    r"|excuse me|hello|i'm afraid|for now|then|unfortunately|really|frankly|you know|maybe|because|since"
    r"|right now|at the moment|now|today|at this point|off the top of my head|yet|so far|before|at all|ever"
    r"|in my (?:life|career)|if (?:that's|that is|it's) (?:ok|okay|all right|alright|fine"
    r"|possible)(?: with you"
    r"| for you)?|if you don't mind|if i may|if possible|i don't mind|the thing is|for me|i have to say"
)
"""Words around a request that change nothing about it."""

BORDER_WORDS = frozenset(("so", "because", "and", "since", "as", "but", "then", "well", "sorry"))
"""After one of these a new clause, and with it a request, can begin."""
TURNS = Phrase(r"but|however|although|though|except(?: that)?|instead|anyway")
"""What follows one of these is what the candidate really wants to say."""
CONDITION = Phrase(
    r"until|unless|before|without|if(?! (?:that|it|you|i may|possible))"
    r"|with (?:the|them|him|her|a|an|my|our)|to (?:the|them|him|her)"
)
"""Makes of "I'd rather not" a plan ("... share it with them before legal has looked")."""
CUT_SHORT = Phrase(
    r"(?:not|wasn't|hadn't|haven't|isn't|ain't|never)(?: (?:quite|even|really))?"
    r" (?:yet )?(?:finished|done|through|finish)|(?:wasn't|isn't|that's not|was not) (?:all|it|the end)"
    r"|(?:cut|cutting) me (?:off|short)|interrupt(?:ed|ing) me|let me finish"
    r"|still (?:talking|speaking|going)"
    r"|middle of (?:my|a|the|that)|(?:more|something|one thing) to (?:say|add)"
    r"|can i (?:go on|finish|continue)"
)
"""Of one who asks for time: that the answer was taken too early."""
GIVES_A_REASON = Phrase(
    r"(?:so |and |well |it's |that's |just )*(?:because|since|as|cause|for|due to|out of|(?:i|we)(?:'ve"
    r"| have)?"
    r" signed an? (?:nda|[a-z]+ agreement))"
)
TELLS_THE_PAST = Phrase(r"was|were|did|had|would")
BACK_TO_THE_STORY = Phrase(
    r"(?:so|and then|well|okay|there) (?:i|we|they|he|she|there|it|was|were|is)(?: \S+){2,}"
    r"|(?:last|one) (?:year|month|week|day|time|summer|winter)(?: \S+){3,}"
)
BEGINS_A_QUESTION = Phrase(
    r"who|what|which|when|where|why|how|are|is|do|does|did|can|could|should|would|will|am|have|has|may|shall"
)

_QUESTIONS = r"(?: (?:questions?|to ask|left|from my side|for you|for me|at the moment|right now))*"
NOTHING_TO_ASK = Phrase(
    rf"(?:i (?:have|have got|'ve got|got) |i've got |there are |there's )?(?:no|not any|nothing|none)"
    rf"(?: (?:more|further|other|else))?{_QUESTIONS}|nope|nah"
    r"|not (?:really|now|at all|yet|today|from my side|at this (?:time|point)|that i can think of)"
    r"|i (?:don't|do not) (?:really |actually )?(?:have|think so|think i have)"
    rf"(?: (?:any|anything|a|one|more|further))*{_QUESTIONS}"
    r"|(?:you|we|that|this|it)(?:'ve| have| has)? (?:already |pretty much )?(?:covered|answered|explained"
    r"|said)"
    r" (?:all (?:of (?:it|them)|my questions?)|my questions?|everything|it all|all|enough)"
    r"(?: i (?:wanted|had|need)[a-z ]{0,12})?"
    r"|everything (?:is|was|'s) (?:clear|covered|said|answered)|(?:it|that|all)(?:'s| is"
    r"| was)? (?:all )?(?:clear"
    r"|good|fine|okay|enough)|i(?:'m| am) (?:good|fine|okay|all set|happy)"
    r"|that's (?:all|it|everything)(?: from me| from my side)?|from my side"
    r"|have a (?:good|nice|great) (?:day|evening|one)|bye|goodbye|(?:thank you|thanks) (?:very|so) much"
    r"|(?:thank you|thanks) for (?:your time|the (?:interview|chat|questions)|everything|having me)"
)
SAYS_YES = Phrase(
    r"yes|yeah|yep|sure|of course|absolutely|i do|i have(?: (?:a|one|a few|some|two"
    r"|a couple of))?(?: questions?)?"
    r"|there (?:is|are) (?:one|a few|some)(?: things?| questions?)?|one question|a few questions"
)
