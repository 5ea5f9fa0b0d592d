//! The wasmtime engines: one to compile, one to run. The running engine pools instances and
//! interrupts guests, so that none of them blocks a thread.

use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

/// Time slice: how long a guest computes before its thread runs other tasks.
const TIME_SLICE: Duration = Duration::from_millis(10);

/// How many requests and messages the pool can handle at once.
const MAX_INSTANCES: u32 = 1_000;

/// Core modules of a typical component, including its plugin's.
const MODULES_PER_INSTANCE: u32 = 8;

/// The engine to compile with.
///
/// # Errors
/// If wasmtime rejects the configuration.
pub fn compiling() -> Result<Engine> {
    Engine::new(&config())
}

/// The engine that runs compiled components. If the pool's large reservation of address
/// space fails, instances are allocated on demand.
///
/// # Errors
/// If wasmtime rejects the configuration, or there is no thread for the epoch timer.
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
                std::thread::sleep(TIME_SLICE);
            }
        })?;
    Ok(engine)
}

/// Settings of both engines: compiled code must fit the engine that runs it.
fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // Only debuggers need this; wasmtime unwinds its own frames without it.
    config.native_unwind_info(false);
    config
}
