// Package price finds what a model costs and compares that with a machine of one's own.
//
// A [Catalog] is the list that is built into the program. [TokenPrices] and [LiteLLMQuote] read the
// prices that gateways list. All of them give a providers.Quote in USD per million tokens; one that
// is not known is the zero Quote, never a price of 0. [Hosting] and [Workload] compute the
// break-even between a gateway and a machine.
package price
