package io.waybill.wire;

/**
 * The two questions that a serializer asks a schema registry, shaped like Confluent's client so
 * that theirs can stand behind this interface. Safe to share between threads.
 */
public interface SchemaRegistry {

  /**
   * The id of {@code schema} under {@code subject}, registering it when that is allowed.
   *
   * @param schema Avro schema as JSON, self-contained
   * @throws RegistryException.Unavailable try again later
   * @throws RegistryException.Refused the registry does not take it
   */
  int register(String subject, String schema);

  /**
   * The schema with this id, as JSON.
   *
   * @throws RegistryException.UnknownSchema there is none
   * @throws RegistryException.Unavailable try again later
   */
  String schemaById(int id);
}
