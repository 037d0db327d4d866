//! Configurations and what can be wrong with them.

use aqueduct_gateway::Config;
use aqueduct_gateway::config::{self, Problem};
use aqueduct_providers::Environment;

fn environment() -> Environment {
    let variables = [("SIM_KEY", "sk-secret-1"), ("CLIENT_KEY", "client-secret-1")];
    variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn problems(text: &str) -> Vec<Problem> {
    let result = Config::parse("a.toml", text, &environment());
    result.err().map(config::Problems::into_vec).unwrap_or_default()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_problem_has_its_line_and_its_fix() {
    // (text, line, field, what the message says, what the fix says)
    let table = [
        ("[server]\nlisten = 5", 2, "server.listen", "expected text in quotes, found a number", ""),
        ("[server]\nlisten = \"here\"", 2, "server.listen", "not an address", "127.0.0.1:4000"),
        ("[server]\nlisten = \"0.0.0.0:80\"", 2, "server.listen", "loopback only", "[[keys]]"),
        (
            "[server]\nlisen = \"x\"",
            2,
            "server.lisen",
            "unknown field 'lisen'",
            "did you mean 'listen'?",
        ),
        ("[sever]\n", 1, "sever", "unknown field 'sever'", "did you mean 'server'?"),
        ("[server]\nzzz = 1", 2, "server.zzz", "unknown field", "known here: "),
        ("[server]\nbody_limit = \"a lot\"", 2, "server.body_limit", "not a size", "32MiB"),
        ("[server]\nbody_timeout = \"soon\"", 2, "server.body_timeout", "not a duration", "30s"),
        (
            "[server]\nmax_connections = 0",
            2,
            "server.max_connections",
            "out of range",
            "the least is 1",
        ),
        ("[router]\nmax_retries = 1.5", 2, "router.max_retries", "expected a whole number", ""),
        ("\n[[keys]]\nhash = \"sha256:00\"", 2, "keys[0]", "'name' is missing", "add name"),
        (
            "[[keys]]\nname = \"a\"\nhash = \"sha256:00\"",
            3,
            "keys[0].hash",
            "64 hexadecimal",
            "sha256sum",
        ),
        ("[[keys]]\nname = \"a\"", 1, "keys[0]", "neither", "${CLIENT_KEY}"),
        ("[[keys]]\nname = \"a\"\nkey = \"short\"", 3, "keys[0].key", "shorter", "openssl"),
        (
            "[[keys]]\nname = \"a\"\nkey = \"${NO_KEY}\"",
            3,
            "keys[0].key",
            "NO_KEY is not set",
            "${NO_KEY:-default}",
        ),
        ("[[keys]]\nname = \"a\"\nkey = \"${NO\"", 3, "keys[0].key", "without '}'", "$${"),
        (
            "[providers.simulater]",
            1,
            "providers.simulater",
            "no provider is called 'simulater'",
            "did you mean 'simulator'?",
        ),
        (
            "[providers.mine]",
            1,
            "providers.mine",
            "no provider is called 'mine'",
            "openai-compatible",
        ),
        (
            "[providers.mine]\ntype = \"simulatr\"",
            2,
            "providers.mine.type",
            "no type",
            "did you mean 'simulator'?",
        ),
        (
            "[providers.simulator]\nbase_url = \"nope\"",
            2,
            "providers.simulator.base_url",
            "not an http",
            "https://",
        ),
        (
            "[providers.simulator]\nbaseurl = \"x\"",
            2,
            "providers.simulator.baseurl",
            "unknown field",
            "did you mean 'base_url'?",
        ),
        (
            "[providers.simulator]\napi_key = 1",
            2,
            "providers.simulator.api_key",
            "expected text",
            "",
        ),
        (
            "[providers.simulator]\napi_keys = [{ key = \"a\", weight = 0 }]",
            2,
            "providers.simulator.api_keys[0].weight",
            "out of range",
            "",
        ),
        (
            "[providers.simulator]\napi_keys = [{ kee = \"a\" }]",
            2,
            "providers.simulator.api_keys[0].kee",
            "unknown field",
            "did you mean 'key'?",
        ),
        (
            "[models]\nfast = \"echo\"",
            2,
            "models.fast",
            "'echo' is not a model id",
            "provider/model",
        ),
        (
            "[models]\nfast = \"other/echo\"",
            2,
            "models.fast",
            "provider 'other' is not configured",
            "[providers.other]",
        ),
        ("[models.fast]\ntargets = []", 2, "models.fast.targets", "empty", "at least one"),
        (
            "[models.fast]\ntargets = [\"simulator/a\", \"b/c\"]",
            2,
            "models.fast.targets[1]",
            "'b' is not configured",
            "",
        ),
        (
            "[models.\"a.b\"]\ntarget = 1",
            2,
            "models.\"a.b\".target",
            "unknown field",
            "did you mean 'targets'?",
        ),
        (
            "[security]\nbyok_base_urls = [\"127.0.0.1\"]",
            2,
            "security.byok_base_urls[0]",
            "begins with http",
            "",
        ),
        ("[server\nlisten = 1", 1, "", "not TOML", ""),
    ];
    for (text, line, field, message, fix) in table {
        let found = problems(text);
        let matching = found.iter().find(|problem| {
            problem.line == line
                && problem.field == field
                && problem.message.contains(message)
                && problem.fix.contains(fix)
        });
        assert!(matching.is_some(), "{text}\n→ {found:#?}");
        assert!(
            found.iter().all(|problem| problem.file == "a.toml" && problem.column > 0),
            "{found:?}"
        );
    }
}

#[test]
fn all_problems_are_told_at_once_in_order() {
    let text =
        "[server]\nlisen = 1\nbody_limit = true\n\n[providers.simulator]\napi_key = \"${NONE}\"\n";
    let lines: Vec<_> = problems(text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 3, 6]);
    let text = "[[keys]]\nname = \"a\"\n\n[models]\nx = \"y\"\nz = \"no/where\"\n";
    let lines: Vec<_> = problems(text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 5, 6]);
}

#[test]
fn a_problem_reads_as_a_compiler_would_write_it() {
    let shown = problems("[server]\n  lisen = 1")[0].to_string();
    assert_eq!(shown, "a.toml:2:3: server.lisen: unknown field 'lisen'; did you mean 'listen'?");
}

#[test]
fn no_key_is_kept_shown_or_quoted() {
    let text = "[[keys]]\nname = \"app\"\nkey = \"${CLIENT_KEY}\"\n[providers.simulator]\napi_key = \"${SIM_KEY}\"\n[providers.simulator.headers]\nx-token = \"${SIM_KEY}\"\n[providers.simulator.settings]\nother = \"${SIM_KEY}\"\n";
    let config = Config::parse("a.toml", text, &environment()).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("secret-1"), "{shown}");
    assert!(shown.contains("app"));
    let text = text.replace("[providers.simulator]", "[providers.simulater]");
    let shown = format!("{:?}", problems(&text));
    assert!(!shown.contains("secret-1"), "{shown}");
}

#[test]
fn a_whole_configuration_is_read() {
    let text = r#"
        [server]
        listen = "0.0.0.0:8080"
        body_limit = "1MiB"
        heartbeat = 0

        [[keys]]
        name = "app"
        hash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

        [providers.simulator]
        [providers.slow]
        type = "simulator"
        api_keys = ["a", { key = "b", weight = 3 }]
        settings = { latencyMs = 5 }

        [models]
        fast = "simulator/echo"
        [models.mixed]
        targets = [{ model = "simulator/echo", weight = 9 }, "slow/echo"]
        fallbacks = ["simulator/lorem"]

        [router]
        max_retries = 0
        timeout = "2m"

        [cache]
        ttl = "1h"

        [security]
        byok_base_urls = ["http://127.0.0.1:*"]
        download_private_hosts = ["127.0.0.1"]
    "#;
    let config = Config::parse("a.toml", text, &environment()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.server.body_limit, 1 << 20);
    assert_eq!(config.server.heartbeat, None);
    assert_eq!(config.keys.len(), 1);
    let slow = config.providers.iter().find(|provider| provider.name == "slow").unwrap();
    assert_eq!(slow.entry.id, "simulator");
    let keys: Vec<_> = slow.keys.iter().map(|key| (key.key.expose(), key.weight)).collect();
    assert_eq!(keys, [("a", 1), ("b", 3)]);
    assert_eq!(slow.settings.text("name"), Some("slow"));
    assert_eq!(slow.settings.get("latencyMs"), Some(&5.into()));
    assert_eq!(config.models.len(), 2);
    assert_eq!(config.models[1].targets[0].weight, 9);
    assert_eq!(config.router.max_retries, 0);
    assert_eq!(config.cache.unwrap().ttl.as_secs(), 3600);
}

#[test]
fn the_schema_describes_every_field() {
    let schema = config::schema();
    let mut undescribed = Vec::new();
    walk(&schema, "", &mut undescribed);
    assert!(undescribed.is_empty(), "{undescribed:?}");
    assert!(schema["properties"]["server"].is_object());
}

fn walk(schema: &serde_json::Value, path: &str, undescribed: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if field["description"].as_str().is_none() {
            undescribed.push(format!("{path}.{name}"));
        }
    }
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        walk(definition, name, undescribed);
    }
}

#[test]
fn the_configurations_of_this_repository_can_be_used() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for file in [
        "aqueduct.example.toml",
        "scripts/parity.toml",
        "tests/clients/keyed.toml",
        "tests/clients/open.toml",
    ] {
        let path = std::path::Path::new(root).join(file);
        assert_eq!(config::check(&path, &Environment::default()), [], "{file}");
    }
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let found = config::check("/nowhere/a.toml".as_ref(), &environment());
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("cannot read the file"));
}
