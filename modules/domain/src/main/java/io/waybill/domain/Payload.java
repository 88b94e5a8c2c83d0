package io.waybill.domain;

/**
 * What is delivered.
 *
 * @param type an open word of the publisher's ({@code report}, {@code phi-access}), see {@link
 *     RequestRules}
 * @param data any JSON value; of a sealed payload {@link SealedPayload#toJson}
 * @param metadata a JSON object; that of a sealed payload is sealed with its data
 * @param sealed whether only a channel can read it
 */
public record Payload(String type, RawJson data, RawJson metadata, boolean sealed) {
  /** A payload in clear. */
  public Payload(String type, RawJson data, RawJson metadata) {
    this(type, data, metadata, false);
  }

  /** A payload that its publisher sealed. */
  public static Payload sealed(String type, SealedPayload sealed) {
    return new Payload(type, sealed.toJson(), RawJson.EMPTY_OBJECT, true);
  }
}
