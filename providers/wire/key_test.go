package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
)

const secret = "sk-secret-0123456789abcdef"

func TestAKeyNeverFormatsAsItsValue(t *testing.T) {
	p := testProvider(t, Config{Key: EnvKey("GATE_KEY", func(string) string { return secret })})
	if v, err := p.cfg.Key.get(t.Context()); v != secret || err != nil {
		t.Fatalf("%q, %v", v, err)
	}
	asJSON, _ := json.Marshal(p.cfg)
	for _, s := range []string{fmt.Sprint(p.cfg.Key), fmt.Sprintf("%v %+v %#v %s %q", p.cfg.Key, p.cfg.Key, p.cfg.Key, p.cfg.Key, p.cfg.Key),
		fmt.Sprintf("%v %+v %#v", p.cfg, p.cfg, p.cfg), fmt.Sprintf("%v %+v %#v", p, p, p), string(asJSON)} {
		if strings.Contains(s, secret) {
			t.Errorf("shows the key: %s", s)
		}
	}
}

func TestAKeyFromTheEnvironment(t *testing.T) {
	for value, want := range map[string]string{
		"  " + secret + "\n": secret,
		"":                   "GATE_KEY is not set",
		"   ":                "GATE_KEY is not set",
		"sk-with space":      "a character that no key has",
		"sk-\u00e9":          "a character that no key has",
		"sk-\x1b[31m":        "a character that no key has",
	} {
		v, err := EnvKey("GATE_KEY", func(string) string { return value }).get(t.Context())
		if err == nil && v != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %q", value, v, err, want)
		}
		if err != nil && value != "" && strings.TrimSpace(value) != "" && strings.Contains(err.Error(), value) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestAKeyCommandWithoutAShell(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := CommandKey("echo " + secret).get(t.Context()); err == nil || !strings.Contains(err.Error(), "api_key_cmd failed") {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyEntryOfTheKeyringIsNoKey(t *testing.T) {
	empty := func(context.Context, string) (string, error) { return " \n", nil }
	if v, err := KeyringKey("gate", empty).get(t.Context()); err == nil || !strings.Contains(err.Error(), "entry gate of the keyring is empty") {
		t.Errorf("%q, %v", v, err)
	}
}

func TestWhoWaitsForAKeyCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loads := 0
		p := testProvider(t, Config{Key: KeyringKey("gate", func(context.Context, string) (string, error) {
			loads++
			time.Sleep(time.Minute)
			return secret, nil
		})})
		m := withKey(saysOK(0), p, providers.Ref{Provider: "p", Model: "m"})
		first := providers.Start(t.Context(), []providers.Call{{Model: m}})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := collect(ctx, m); err == nil || providers.AsError(err).Kind != providers.Cancelled || time.Since(start) != time.Second {
			t.Errorf("%v after %v, want cancelled after a second", err, time.Since(start))
		}
		<-first.Done()
		events := first.Take(0, nil)
		if len(events) != 4 || events[1].Text != "ok" || loads != 1 {
			t.Errorf("%+v, the key was got %d times", events, loads)
		}
	})
}

func TestAFailureIsNotRemembered(t *testing.T) {
	value := ""
	k := EnvKey("GATE_KEY", func(string) string { return value })
	if _, err := k.get(t.Context()); err == nil {
		t.Fatal("an empty variable is a key")
	}
	value = secret
	if v, err := k.get(t.Context()); v != secret || err != nil {
		t.Errorf("%q, %v; want the key that is there now", v, err)
	}
}

func TestDescribeKeyTellsAQuarterAndEightAtMost(t *testing.T) {
	for key, want := range map[string]string{
		secret:                   `26 characters, begins with "sk-sec"`,
		"abcd":                   `4 characters, begins with "a"`,
		"abc":                    `3 characters, begins with ""`,
		strings.Repeat("x", 100): `100 characters, begins with "xxxxxxxx"`,
	} {
		if got := describeKey(key); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestASlowKeyCommandIsNotChargedToTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, string) (string, error) {
			time.Sleep(20 * time.Second) // somebody types a master password
			return secret, nil
		}
		p := testProvider(t, Config{Key: KeyringKey("gate", slow)})
		m := policy.WithDeadlines(saysOK(time.Second), policy.Deadlines{Connect: 5 * time.Second})
		start := time.Now()
		events, err := collect(t.Context(), withKey(policy.WithAttempt(m, providers.Info{}), p, providers.Ref{}))
		if err != nil || events[0].Type != providers.EventAttemptStart || events[0].At.Sub(start) != 20*time.Second {
			t.Errorf("%v, %+v; want the attempt to begin behind the key", err, events)
		}
	})
}
