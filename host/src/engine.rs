//! The wasmtime engines: one compiles; one runs, with instances pooled and guests
//! interrupted so that none holds a thread.

use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

/// How long a guest computes before others get a turn on its thread.
const TURN: Duration = Duration::from_millis(10);

/// How many requests and messages can be under way at once with pooled instances.
const MAX_INSTANCES: u32 = 1_000;

/// A component is about this many core modules, a plugin's among them.
const MODULES_PER_INSTANCE: u32 = 8;

/// An engine to compile with.
///
/// # Errors
/// What wasmtime says.
pub fn compiling() -> Result<Engine> {
    Engine::new(&config())
}

/// An engine to run with what was compiled before. Where its large reservation of
/// addresses is not to be had, instances are allocated on demand.
///
/// # Errors
/// What wasmtime says.
pub fn running() -> Result<Engine> {
    let mut config = config();
    config.enable_compiler(false);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(MAX_INSTANCES)
        .total_stacks(MAX_INSTANCES)
        .total_core_instances(MAX_INSTANCES * MODULES_PER_INSTANCE)
        .total_memories(MAX_INSTANCES * 2)
        .total_tables(MAX_INSTANCES * MODULES_PER_INSTANCE)
        .table_elements(50_000)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).or_else(|error| {
        tracing::debug!("allocating instances on demand: {error:#}");
        config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
        Engine::new(&config)
    })?;
    let ticking = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = ticking.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TURN);
            }
        })?;
    Ok(engine)
}

/// What both have in common, for one runs what the other makes.
fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // For debuggers alone. wasmtime walks and unwinds its own frames without.
    config.native_unwind_info(false);
    config
}
