//! The search by Tako.

use super::search_tool;

search_tool! {
    /// A search by Tako. It returns `{request_id, cards?, web_results?, usage?, related?}`.
    TakoSearch = "tako_search" {
        /// How hard to search: `fast`, `instant` or `deep`.
        effort(text) = ["effort"];
        /// Settings of the search for data, as an object.
        data_source(json) = ["sources", "data"];
        /// Settings of the search for pages, as an object.
        web_source(json) = ["sources", "web"];
        /// Where the user is, in words.
        location(text) = ["location"];
        /// Where the user is: ISO 3166-1, two letters.
        country_code(text) = ["countryCode"];
        /// The language and region of the user: `en-US`.
        locale(text) = ["locale"];
        /// The time zone of the user: `Europe/Berlin`.
        timezone(text) = ["timezone"];
        /// The form of the cards, as an object.
        output_settings(json) = ["outputSettings"];
        /// Whether to return related questions.
        include_related(flag) = ["includeRelated"];
    }
}
