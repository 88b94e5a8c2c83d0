package io.waybill.wire;

/** Turns one domain type into a record's value and back. Safe to share between threads. */
public interface Codec<T> {

  /**
   * Registers the schema for a topic ahead of the first value, so that {@link #encode} cannot fail
   * for that topic any more.
   *
   * @throws RegistryException.Unavailable when the registry cannot be reached; trying again later
   *     may succeed
   * @throws RegistryException.Refused when the registry does not take the schema; an operator must
   *     act
   */
  void prepare(String topic);

  /**
   * Encodes a value for a topic, registering the schema under {@code <topic>-value} when it is the
   * first time.
   *
   * @throws RegistryException.Unavailable when the registry cannot be reached and the schema's id
   *     is not known yet; trying again later may succeed
   * @throws RegistryException.Refused when the registry does not take the schema; an operator must
   *     act
   */
  byte[] encode(String topic, T value);

  /**
   * Reads a value.
   *
   * @throws UndecodableException when the bytes are not such a value
   * @throws RegistryException.Unavailable when the writer's schema cannot be asked for now: wait
   *     and try again, the record may be perfectly good
   */
  T decode(byte[] bytes) throws UndecodableException;
}
