//! The command line: the flags of `spin up`, so that scripts can swap the two.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs a Spin app on wasmtime.
#[derive(Debug, Parser)]
#[command(name = "tonearm-host", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts an app and serves until it is told to stop.
    Up(Up),
    /// Compiles the components of an app, as `up` does when it starts, and prints where
    /// the machine code of each is, as JSON.
    Compile(Compile),
}

/// The flags of `compile`.
#[derive(Debug, Args)]
pub struct Compile {
    /// The manifest, or the folder it is in.
    #[arg(short, long, value_name = "FILE", default_value = "spin.toml")]
    pub from: PathBuf,
    /// Where machine code is kept if the user has no cache folder.
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Compiles only this component; may be repeated.
    #[arg(short, long = "component-id", value_name = "ID")]
    pub component_ids: Vec<String>,
}

/// The flags of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// The manifest, or the folder it is in.
    #[arg(short, long, value_name = "FILE", default_value = "spin.toml")]
    pub from: PathBuf,
    /// Where to listen for HTTP; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where the default store and database are kept.
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Where the other stores and databases are.
    #[arg(long, value_name = "FILE")]
    pub runtime_config_file: Option<PathBuf>,
    /// Sets an application variable; may be repeated.
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub variables: Vec<(String, String)>,
    /// Starts only this component; may be repeated.
    #[arg(short, long = "component-id", value_name = "ID")]
    pub component_ids: Vec<String>,
    /// The most that one linear memory of an instance may grow to.
    #[arg(long, value_name = "BYTES")]
    pub max_instance_memory: Option<usize>,
    /// How often to call the health route of components with a Redis trigger; 0 never.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pub health_interval: u64,
    /// Prints each component's peak memory when the host ends (and on SIGUSR1).
    #[arg(long)]
    pub report_memory: bool,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        // The text may be a secret: do not repeat it.
        None => Err("write it as NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_flags_of_spin_up() {
        let cli = Cli::try_parse_from([
            "tonearm-host",
            "up",
            "-f",
            "app/spin.toml",
            "--listen",
            "127.0.0.1:0",
            "--state-dir",
            "s",
            "--runtime-config-file",
            "r.toml",
            "--variable",
            "a=b=c",
            "--variable",
            "d=",
            "-c",
            "one",
            "--component-id",
            "two",
            "--max-instance-memory",
            "1000",
        ])
        .unwrap();
        let Command::Up(up) = cli.command else {
            panic!("up is up");
        };
        assert_eq!(up.listen.port(), 0);
        assert_eq!(
            up.variables,
            [("a".into(), "b=c".into()), ("d".into(), String::new())]
        );
        assert_eq!(up.component_ids, ["one", "two"]);
        assert_eq!(up.health_interval, 2);
    }

    #[test]
    fn a_variable_without_value_is_not_repeated() {
        let error = Cli::try_parse_from(["tonearm-host", "up", "--variable", "s3cret"]);
        assert!(error.unwrap_err().to_string().contains("NAME=VALUE"));
    }
}
