package wire

import (
	"net/http"
	"strings"

	"lineup/providers"
)

// Refusals that another model, another key or money would cure, by what they are about. Servers
// send them under any status, mostly 400. The patterns match lower case.
var (
	keyDead = wordsOf(
		`\b(api[ _-]?keys?|(access|auth|bearer|session|security|api|id)[ _-]tokens?|`+
			`credentials?|secret key|subscription key|jwt)\b[^.;]{0,60}\b(expired|revoked|invalid|disabled|`+
			`deleted|deactivated|inactive|suspended|unknown|wrong|incorrect|missing|required|rejected|`+
			`malformed|leaked|compromised|not (valid|found|active|recogni[sz]ed|provided|`+
			`authori[sz]ed|set)|no longer valid|does ?n[o']t exist|was not)\b`,
		`\b(invalid|expired|incorrect|missing|wrong|revoked|unknown|bad|inactive|disabled|`+
			`no) (api[ _-]?key|subscription key|access token|auth(entication)? token|bearer token|token|`+
			`credentials?|authorization( header)?|authentication)\b`,
		`\btoken (has|is|was)( been)? (expired|revoked|invalid)|\btokens? (expired|revoked)`,
		`authentication (failed|fails|error|required)|login fail|not authenticated`,
		`(could not|cannot|unable to|failed to) (validate|verify|authenticate) (the |your |this )?`+
			`(api )?(key|credentials?|token)`,
		`\bno[ _-]?auth(orization|error)?\b|\bno licen[sc]e\b|\blicc fail|appidnoauth`,
		`\blicen[sc]e\b[^.;]{0,30}\b(expired|invalid|missing|not (valid|found|authori[sz]ed))\b`,
		`authorization header|authorization[^。]{0,12}(非法|无效|失败)|鉴权失败|未授权|没有授权`,
		`signature (mismatch|does not match|(has )?expired|is invalid)|carry the api|provide an? (valid )?(api )?key`,
	)
	keyDeadCode = wordsOf(
		`(invalid|expired|revoked|missing|incorrect|bad|unknown|disabled)_?(api_?)?(key|`+
			`token|credentials?|auth)`,
		`(api_?)?key_?(is_?)?(invalid|expired|revoked|disabled|missing|not_?found)`,
		`token_?(is_?)?(expired|revoked)`,
		`auth_?(failure|failed|error)|unauthenticated|unrecognizedclient|`+
			`(invalid|incomplete)signature|invalidclienttoken`,
		`account_deactivated`,
	)

	moneyGone = wordsOf(
		`usage limits?\b|(spend|spending|credit|usage|billing)[ _-](limit|cap)`,
		`insufficient (\w+ ){0,2}(funds|credits?|balance|quota|tokens)|out of (credits?|funds|quota|balance)`,
		`(run|ran) out of (credits?|funds|quota|tokens)`,
		`no (more )?(credits?|balance|quota|funds)\b`,
		`\b(credits?|balance|quota|funds|allowance|trial|free tier)\b[^.;]{0,40}\b(exhausted|`+
			`depleted|expired|insufficient|used up|ended|negative|zero|too low|is low|not enough|`+
			`not sufficient|run out|ran out|exceeded|reached|over)\b`,
		`not enough (credits?|balance|funds|quota)|payment (required|method|failed|is due)`,
		`\b(account|organi[sz]ation|workspace|project|team|subscription|user|org|`+
			`billing)\b[^.;]{0,60}\b(suspended|past due|overdue|in arrears|frozen|unpaid|on hold|`+
			`restricted|not active|inactive|expired|lapsed|delinquent)\b`,
		`(suspended|unpaid|overdue|inactive) (account|organi[sz]ation|subscription|invoice)`,
		`used up (all )?(of )?(your|the) |top up|recharge your|add (more )?credits?`,
		`(monthly|weekly|daily|hourly|session) (usage |token |spend |request )?(limit|quota|`+
			`allowance)`,
		`exceed(ed|s)? (your|the) (\w+ ){0,3}(quota|allowance|budget|plan|credits?)`,
		`billing[^.;]{0,20} (not|must be) (been )?(enabled|active|set up|configured)|enable billing`,
		`欠费|余额|额度|充值`,
	)
	moneyGoneCode = wordsOf(
		`insufficient_?(funds|credits?|balance|quota|user_?quota)`,
		`(usage|spend|spending|credit|billing)_?limit|out_?of_?credits?|payment_?required`,
		`billing_?(not_?active|hard|error|required)|account_?(suspended|overdue|arrears)`,
		`exceeded_?current_?quota|overdue|quota_?(exceeded|exhausted)|free_?tier`,
	)

	accountShutCode = wordsOf(`access_?denied|not_?authorized`)

	accountShut = wordsOf(
		`\b(account|organi[sz]ation|workspace|project|team|user|org)\b[^.;]{0,40}\b(disabled|`+
			`deactivated|banned|terminated|blocked|closed|locked|deleted)\b`,
		`\b(do(es)? not|don't|doesn't) have (access|permission)|no (access|permission) to`,
		`not (permitted|authori[sz]ed|allowed|entitled) to (access|use|call|invoke|perform)`,
		`access (is )?denied|\bnot (available|supported) in your (country|region|location)`,
		`user location is not supported|country, region, or territory`,
		`access to (this|the) (model|resource)[^.;]{0,20}(restricted|denied|forbidden|limited)`,
	)

	modelGone = wordsOf(
		// a dot or a colon belongs to a name where no space follows
		`\b(models?|deployments?|engines?|checkpoints?)(_name|_id)?\b([^.;:]|[.:]\S){0,90}?\b(not found|`+
			`not be found|no longer|not supported|unsupported|not exist|doesn't exist|`+
			`does n[o']t exist|unknown|not (currently )?available|isn't (available|supported)|`+
			`unavailable|`+
			`decommissioned|deprecated|retired|discontinued|sunset|removed|shut ?down|`+
			`end[- ]of[- ]life|not (a )?valid|invalid|not (been )?(enabled|deployed|loaded|`+
			`served|hosted|installed|activated|registered|recogni[sz]ed|accessible|open)|`+
			`unrecogni[sz]ed|offline|disabled|not in (the |your )?(list|allowed)|not offered)`,
		`\bmodels?( names?| ids?| identifiers?)?: ?\S+( is| was| -| –| —)*( currently)? (not (found|`+
			`available|supported|valid|known)|unavailable|unsupported|unknown|invalid)`,
		`\b(unknown|unsupported|invalid|nonexistent|no such|unrecogni[sz]ed|missing|`+
			`deprecated|retired|wrong|incorrect|bad|illegal) (models?|deployments?|engines?)\b`,
		`(\bnot|n't) (an? |one of )?(the |our |your )?(valid |known |recogni[sz]ed |supported |`+
			`available |existing |allowed )?(models?|deployments?|engines?)\b`,
		`\b(supported|available|valid|allowed) (api )?models?( names?| ids?)? (are|is|include)\b`,
		`\bmodel( name| id)? (must|should|has to) be (one of|in)\b`,
		`\bmodel: (value|input) (is not|should be)|invalid value for ['"\x60]model['"\x60]`,
		`\bno models? (named|called)|(\bnot|n't) have (an?|any) models? (named|called)`,
		`\bmodel\b[^.;]{0,60}\bis not one\b`,
		`(could not|couldn't|cannot|can't|unable to|failed to) (find|locate|resolve|access|`+
			`load) (the |a |any )?(requested |specified )?(models?|deployments?)\b`,
		`模型[^，。]{0,40}(不存在|下线|不可用|未开通|无效)|不支持的?模型`,
		`\bno models? (named|called|with|found)|unknown provider for model|is not a chat model`,
		`\bdoes ?n[o']t support (chat|generate|completions?)\b`, // Ollama, of models that embed
	)
	nobodyServes = wordsOf(
		`no (available |healthy |allowed |suitable )?(endpoints?|providers?|instances?|` +
			`deployments?|workers?|replicas?|backends?|models?)\b[^.;]{0,40}\b(found|for|` +
			`available|serving|support|match)`,
	)
	modelGoneCode = wordsOf(
		`model_?(is_?)?(not|un|de(commission|precat)|retired|removed|eol|does|invalid|`+
			`terminated|offline)`,
		`(unknown|unsupported|invalid|no_?such|missing|deprecated|wrong)_?(model|deployment|`+
			`engine)`,
		`(deployment|engine)_?not_?found|resourcenotfound`,
	)
	// "… is not supported with this model" speaks of something else.
	modelAside = wordsOf(
		`\b(for|with|by|in|on|to|of|from|using|when using|that|which) (this|the|your|that|`+
			`these|most|some|all|other|newer|reasoning)( \w+)? models?\b( '[^']*'| "[^"]*"|`+
			` \x60[^\x60]*\x60)?`,
		`\bmodels? (produced|generated|returned|wrote)\b`,
		`\bmodels?('s)? (parameters?|options?|settings?|arguments?|features?|fields?|inputs?|`+
			`outputs?|config\w*|responses?)\b`,
	)
	// What passes by itself is no absence.
	passing = wordsOf(
		`temporar|currently (unavailable|busy|not available|overloaded|loading|down|offline)`,
		`not currently available|at (this|the) (time|moment)|right now|busy|capacity|overload`,
		`loading|starting|warming|try again|retry|later|too many|in a moment`,
	)
)

// kindOfRefusal recognises refusals by their ideas, where no word of the vocabulary decides. codes
// and message are in lower case.
func kindOfRefusal(status int, codes, message string, s *serverError) providers.Kind {
	limited := status == http.StatusTooManyRequests
	switch {
	case overCode.in(codes) && !overLimit.in(strings.ToLower(s.param)):
		return providers.ContextLength
	case keyDeadCode.in(codes) && !limited:
		return providers.Auth
	case moneyGoneCode.in(codes) && !(limited && overTimed.in(message)):
		return providers.Quota
	case modelGoneCode.in(codes) && !passing.in(message):
		return providers.NotFound
	case accountShutCode.in(codes):
		return providers.Permission
	}
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired:
		if moneyGone.in(message) {
			return providers.Quota
		}
		return ""
	case http.StatusTooManyRequests:
		if moneyGone.in(message) && !limitsATime.in(message) {
			return providers.Quota
		}
		return ""
	}
	switch {
	case keyDead.in(message) && !strings.Contains(message, "model"):
		return providers.Auth
	case moneyGone.in(message) && !limitsATime.in(message):
		return providers.Quota
	case status != http.StatusForbidden && overflows(message, s.param):
		return providers.ContextLength
	case status != http.StatusForbidden && goneModel(message, s):
		if !passing.in(message) {
			return providers.NotFound
		}
		if kindOfStatus(status) == providers.BadRequest { // away for now: another one may be there
			return providers.Overloaded
		}
	case accountShut.in(message):
		return providers.Permission
	}
	return ""
}

// limitsATime matches a limit that lifts by itself within a day.
var limitsATime = wordsOf(
	`rate.?limit|per[ -](min|hour|sec|day)|\b(tpm|rpm|rps)\b|too many requests`,
	`(try again|retry) in \d+(\.\d+)? ?(s|ms|m|sec|min)`,
)

// goneModel reports whether a message says that the model is not there. A refusal of a parameter,
// which names the model beside it, does not.
func goneModel(message string, s *serverError) bool {
	if s.param != "" && s.param != "model" && !strings.Contains(s.param, "body.model") {
		return false
	}
	for _, code := range []string{s.code, s.kind} {
		if strings.HasPrefix(code, "unsupported_parameter") ||
			strings.HasPrefix(code, "unsupported_value") ||
			strings.HasPrefix(code, "unknown_parameter") {
			return false
		}
	}
	return nobodyServes.in(message) || modelGone.in(modelAside.re().ReplaceAllString(message, " "))
}
