package io.waybill.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/** A registry inside one JVM, for tests of topologies that need no server. */
public final class InMemorySchemaRegistry implements SchemaRegistry {
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private boolean available = true;

  @Override
  public synchronized int register(String subject, String schema) {
    checkAvailable();
    return ids.computeIfAbsent(schema, unused -> ids.size() + 1);
  }

  @Override
  public synchronized String schemaById(int id) {
    checkAvailable();
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue() == id)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new RegistryException.UnknownSchema(id));
  }

  /** Lets it be out of reach, or back again. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  private void checkAvailable() {
    if (!available) {
      throw new RegistryException.Unavailable("the registry was switched off");
    }
  }
}
