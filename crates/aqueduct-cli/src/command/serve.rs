//! `aqueduct serve`: the gateway.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use aqueduct_gateway::Gateway;
use aqueduct_providers::Environment;
use tokio::net::TcpListener;

use super::{load, router};
use crate::args::Serve;
use crate::failure::Failure;

pub(crate) async fn run(arguments: Serve, environment: &Environment) -> Result<(), Failure> {
    let mut config = load(&arguments.source, environment)?;
    if let Some(address) = arguments.listen {
        config = config.with_listen(address);
    }
    let open = config.keys.is_empty();
    let address = config.server.listen;
    let gateway = Gateway::new(config).await?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!("cannot listen on {address}: {error}; choose another with --listen"))
    })?;
    let providers = router(&gateway)?.provider_ids().collect::<Vec<_>>().join(", ");
    // Whether anybody reads it or not, it serves.
    let _ = welcome(&providers, listener.local_addr().unwrap_or(address), open);
    gateway.serve(listener, asked_to_stop()).await?;
    Ok(())
}

/// What a newcomer needs: where it is, who may use it, and which models there are to begin with.
fn welcome(providers: &str, address: SocketAddr, open: bool) -> io::Result<()> {
    let mut err = io::stderr().lock();
    writeln!(err, "Aqueduct {} listens on http://{address}", env!("CARGO_PKG_VERSION"))?;
    writeln!(err, "  AI SDK           baseURL http://{address}/v4/ai")?;
    writeln!(err, "  OpenAI clients   base URL http://{address}/v1")?;
    if open {
        writeln!(
            err,
            "  No key is configured, so it answers everybody on this machine and nobody else."
        )?;
    }
    writeln!(err, "  Providers: {providers}")
}

/// Ends at Ctrl-C, or when the operating system asks the process to stop.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
