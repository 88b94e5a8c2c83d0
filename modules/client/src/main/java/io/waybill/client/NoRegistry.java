package io.waybill.client;

import io.waybill.wire.SchemaRegistry;

/** Stands behind codecs of which only the JSON form is used. */
final class NoRegistry implements SchemaRegistry {
  @Override
  public int register(String subject, String schema) {
    throw none();
  }

  @Override
  public String schemaById(int id) {
    throw none();
  }

  static WaybillException none() {
    return new WaybillException(
        "this needs a schema registry, and none is configured: give its URL, in Confluent's keys"
            + " schema.registry.url");
  }
}
