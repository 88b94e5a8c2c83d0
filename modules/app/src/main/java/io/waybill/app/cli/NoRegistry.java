package io.waybill.app.cli;

import io.waybill.wire.SchemaRegistry;

/** For commands that read and write JSON only. */
final class NoRegistry implements SchemaRegistry {
  @Override
  public int register(String subject, String schema) {
    throw new UnsupportedOperationException("this command writes JSON only");
  }

  @Override
  public String schemaById(int id) {
    throw new UnsupportedOperationException("this command reads JSON only");
  }
}
