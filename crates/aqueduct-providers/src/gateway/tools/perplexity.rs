//! The search by Perplexity.

use super::search_tool;

search_tool! {
    /// A search by Perplexity. It returns `{results: [{title, url, snippet, date?, lastUpdated?}], id}`.
    PerplexitySearch = "perplexity_search" {
        /// How many results: 1 to 20.
        max_results(count) = ["maxResults"];
        /// How many tokens of one page: 256 to 2048.
        max_tokens_per_page(count) = ["maxTokensPerPage"];
        /// How many tokens of all pages: up to 1,000,000.
        max_tokens(count) = ["maxTokens"];
        /// For which country: ISO 3166-1, two letters.
        country(text) = ["country"];
        /// Which sites: up to 20; one that begins with `-` is left out.
        search_domain_filter(texts) = ["searchDomainFilter"];
        /// Which languages: ISO 639-1.
        search_language_filter(texts) = ["searchLanguageFilter"];
        /// How new: `day`, `week`, `month` or `year`.
        search_recency_filter(text) = ["searchRecencyFilter"];
    }
}
