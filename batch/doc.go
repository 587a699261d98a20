// Package batch asks many prompts: a suite, which is prompts × cases × contenders × repeats.
package batch
