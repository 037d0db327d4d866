//! The search by Exa.

use super::search_tool;

search_tool! {
    /// A search by Exa. It returns `{requestId, searchType?, resolvedSearchType?, results: […], costDollars?}`.
    ExaSearch = "exa_search" {
        /// How to search: `auto`, `fast` or `instant`.
        search_type(text) = ["type"];
        /// How many results: 1 to 100.
        num_results(count) = ["numResults"];
        /// What to look for, such as `news` or `research paper`.
        category(text) = ["category"];
        /// Where the user is: ISO 3166-1, two letters.
        user_location(text) = ["userLocation"];
        /// The only sites that may be used.
        include_domains(texts) = ["includeDomains"];
        /// Sites that may not be used.
        exclude_domains(texts) = ["excludeDomains"];
        /// Published on or after: ISO 8601.
        start_published_date(text) = ["startPublishedDate"];
        /// Published on or before: ISO 8601.
        end_published_date(text) = ["endPublishedDate"];
        /// Whether to return the text of pages, or how: a flag or an object.
        text(json) = ["contents", "text"];
        /// Whether to return the best sentences, or how: a flag or an object.
        highlights(json) = ["contents", "highlights"];
        /// How old a page may be before it is fetched again, in hours.
        max_age_hours(json) = ["contents", "maxAgeHours"];
        /// How long fetching a page may take, in milliseconds.
        livecrawl_timeout(count) = ["contents", "livecrawlTimeout"];
        /// How many pages below a result to follow.
        subpages(count) = ["contents", "subpages"];
        /// Words to find those pages by.
        subpage_target(texts) = ["contents", "subpageTarget"];
        /// What else to return of a page: an object.
        extras(json) = ["contents", "extras"];
    }
}
