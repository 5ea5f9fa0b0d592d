//! The `tonearm-host` command.

use std::process::ExitCode;

use clap::Parser;
use tonearm_host::cli::{Cli, Command};
use tonearm_host::{logging, supervise};

fn main() -> ExitCode {
    let Command::Up(options) = Cli::parse().command;
    logging::start();
    match supervise::up(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
