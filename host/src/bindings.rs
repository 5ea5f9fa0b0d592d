//! The interfaces between guests and host beyond WASI: the imports of a component built
//! with the Spin SDK 5, and the export that a Redis trigger calls.
//!
//! Only the interfaces that this host has; `link` handles the others.

wasmtime::component::bindgen!({
    world: "tonearm:host/guest",
    imports: { default: async },
    exports: { default: async },
    with: {
        "fermyon:spin/key-value@2.0.0.store": crate::stores::Store,
        "fermyon:spin/sqlite@2.0.0.connection": crate::database::Database,
        "fermyon:spin/redis@2.0.0.connection": redis::aio::MultiplexedConnection,
    },
    inline: r"
        package tonearm:host;

        world guest {
            import fermyon:spin/variables@2.0.0;
            import fermyon:spin/key-value@2.0.0;
            import fermyon:spin/sqlite@2.0.0;
            import fermyon:spin/redis@2.0.0;
            export fermyon:spin/inbound-redis;
        }

        package fermyon:spin {
            interface inbound-redis {
                enum error { success, error }
                handle-message: func(message: list<u8>) -> result<_, error>;
            }
        }

        package fermyon:spin@2.0.0 {
            interface variables {
                variant error {
                    invalid-name(string), undefined(string), provider(string), other(string),
                }
                get: func(name: string) -> result<string, error>;
            }

            interface key-value {
                variant error { store-table-full, no-such-store, access-denied, other(string) }
                resource store {
                    open: static func(label: string) -> result<store, error>;
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                    exists: func(key: string) -> result<bool, error>;
                    get-keys: func() -> result<list<string>, error>;
                }
            }

            interface sqlite {
                variant error {
                    no-such-database, access-denied, invalid-connection, database-full, io(string),
                }
                variant value { integer(s64), real(f64), text(string), blob(list<u8>), null }
                record row-result { values: list<value> }
                record query-result { columns: list<string>, rows: list<row-result> }
                resource connection {
                    open: static func(database: string) -> result<connection, error>;
                    execute: func(statement: string, parameters: list<value>)
                        -> result<query-result, error>;
                }
            }

            interface redis {
                variant error { invalid-address, too-many-connections, type-error, other(string) }
                type payload = list<u8>;
                variant redis-parameter { int64(s64), binary(payload) }
                variant redis-result { nil, status(string), int64(s64), binary(payload) }
                resource connection {
                    open: static func(address: string) -> result<connection, error>;
                    publish: func(channel: string, payload: payload) -> result<_, error>;
                    get: func(key: string) -> result<option<payload>, error>;
                    set: func(key: string, value: payload) -> result<_, error>;
                    incr: func(key: string) -> result<s64, error>;
                    del: func(keys: list<string>) -> result<u32, error>;
                    sadd: func(key: string, values: list<string>) -> result<u32, error>;
                    smembers: func(key: string) -> result<list<string>, error>;
                    srem: func(key: string, values: list<string>) -> result<u32, error>;
                    execute: func(command: string, arguments: list<redis-parameter>)
                        -> result<list<redis-result>, error>;
                }
            }
        }
    ",
});
