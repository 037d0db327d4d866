//! The search by Parallel.

use super::search_tool;

search_tool! {
    /// A search by Parallel. It returns `{searchId, results: [{url, title, excerpt, publishDate?, relevanceScore?}]}`.
    ParallelSearch = "parallel_search" {
        /// `one-shot`, with long excerpts, or `agentic`, with short ones for many steps.
        mode(text) = ["mode"];
        /// How many results.
        max_results(count) = ["maxResults"];
        /// The only sites that may be used.
        include_domains(texts) = ["sourcePolicy", "includeDomains"];
        /// Sites that may not be used.
        exclude_domains(texts) = ["sourcePolicy", "excludeDomains"];
        /// How new: a day as `YYYY-MM-DD`.
        after_date(text) = ["sourcePolicy", "afterDate"];
        /// How many characters of one result.
        max_chars_per_result(count) = ["excerpts", "maxCharsPerResult"];
        /// How many characters of all results.
        max_chars_total(count) = ["excerpts", "maxCharsTotal"];
        /// How old a page may be before it is fetched again, in seconds.
        max_age_seconds(count) = ["fetchPolicy", "maxAgeSeconds"];
    }
}
