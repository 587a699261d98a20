package config

import "testing"

func TestIsLocalHost(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "llm.localhost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true,
		"10.0.0.1": true, "172.16.0.1": true, "192.168.255.1": true, "fd12::1": true, "0.0.0.0": true, "::": true,
		"::ffff:127.0.0.1": true, "::ffff:8.8.8.8": false,
		"172.32.0.1": false, "8.8.8.8": false, "169.254.169.254": false, "2001:db8::1": false, "localhost.example.com": false,
		"127.0.0.1.example.com": false, "2130706433": false, "0x7f.1": false, "127.1": false, "gpu": false, "": false,
	} {
		if got := isLocalHost(host); got != want {
			t.Errorf("isLocalHost(%q) = %v", host, got)
		}
	}
}

func TestLooksLikeKey(t *testing.T) {
	for _, key := range []string{
		"sk-proj-abcdefghijklmnop", "sk-ant-api03-abcDEF123", "gsk_abcdefghijklmnopqrst", "xai-abcdefghijklmnop", "AIzaSyA1234567890abcdefghijk",
		"0123456789abcdef0123456789abcdef", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
	} {
		if !looksLikeKey(key) {
			t.Errorf("%q passes", key)
		}
	}
	for _, name := range []string{
		"OPENAI_API_KEY", "HOLYSHEEP_API_KEY_FOR_PROJECT_2", "claude-haiku-4-5-20251001", "Qwen/Qwen2.5-Coder-32B-Instruct-GPTQ-Int4",
		"meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", "llama3.1:8b-instruct-q4_K_M", "https://generativelanguage.googleapis.com/v1beta/openai",
		"AVeryLongWordWithoutAnyDigitAtAllInIt", "sk-short",
	} {
		if looksLikeKey(name) || looksLikeKeyName(name) {
			t.Errorf("%q counts as a key", name)
		}
	}
}
