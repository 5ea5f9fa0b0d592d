//! The `tonearm-host` command.

use clap::Parser;
use tonearm_host::cli::{Cli, Command};
use tonearm_host::{logging, supervise};

fn main() -> anyhow::Result<()> {
    let Command::Up(options) = Cli::parse().command;
    logging::start();
    supervise::up(&options)?;
    Ok(())
}
