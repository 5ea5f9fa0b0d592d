//! The `tonearm-host` command.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use tonearm_host::cli::{Cli, Command};
use tonearm_host::error::StartError;
use tonearm_host::{compile, logging, malloc, supervise};

fn main() -> ExitCode {
    malloc::share_one_arena();
    let command = Cli::parse().command;
    logging::start();
    let result = match command {
        Command::Up(options) => supervise::up(&options),
        Command::Compile(options) => compile::compile(&options).and_then(|files| {
            let line = serde_json::to_string(&files).map_err(io::Error::from)?;
            Ok(writeln!(io::stdout(), "{line}")?)
        }),
    };
    match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(StartError::NotCompiled) => {}
        Err(error) => eprintln!("error: {error}"),
    }
    ExitCode::FAILURE
}
