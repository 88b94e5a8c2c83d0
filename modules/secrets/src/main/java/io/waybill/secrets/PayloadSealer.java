package io.waybill.secrets;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedPayload;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Seals payloads where they are published, so that no topic and no store holds them in clear. Safe
 * to share between threads.
 *
 * <pre>{@code
 * PayloadSealer sealer = new PayloadSealer(PayloadKeys.load(file));
 * Payload sealed = sealer.seal(organization, deliveryId, payload);
 * }</pre>
 */
public final class PayloadSealer {
  private final PayloadKeys keys;

  public PayloadSealer(PayloadKeys keys) {
    this.keys = keys;
  }

  /** Whether the organization had a key that was destroyed. */
  public boolean hadKey(OrganizationId organization) {
    return keys.hadKey(organization);
  }

  /** Whether the organization's payloads are sealed: it has a key. */
  public boolean seals(OrganizationId organization) {
    return keys.has(organization);
  }

  /**
   * The payload with data and metadata sealed for one delivery; in another organization's, under
   * another delivery or type it does not open.
   *
   * @param delivery the id that the request is published with
   * @throws KeysetException when the organization has no key: there is no fall-back to clear text
   * @throws IllegalArgumentException when the payload is sealed already, or too large once sealed
   */
  public Payload seal(OrganizationId organization, DeliveryId delivery, Payload payload) {
    if (payload.sealed()) {
      throw new IllegalArgumentException("the payload is sealed already");
    }
    SealedPayload sealed =
        seal(organization, delivery, payload.type(), payload.data(), payload.metadata());
    Payload result = Payload.sealed(payload.type(), sealed);
    if (result.data().size() > RequestRules.MAX_DATA_BYTES) {
      throw new IllegalArgumentException(
          "the payload has "
              + result.data().size()
              + " bytes once sealed, at most "
              + RequestRules.MAX_DATA_BYTES
              + " are allowed: base64 makes it a third longer");
    }
    return result;
  }

  private SealedPayload seal(
      OrganizationId organization,
      DeliveryId delivery,
      String type,
      RawJson data,
      RawJson metadata) {
    PayloadKeys.OrganizationKeys own =
        keys.of(organization)
            .orElseThrow(() ->
                new KeysetException(
                    "organization "
                        + organization
                        + " has no payload key here. Make one with `waybill keys payload create`,"
                        + " or take the file that the operator exported for it"));
    byte[] clear = join(data.bytes(), metadata.bytes());
    try {
      return new SealedPayload(
          Keyset.idInWords(own.sealing().getPrimary().getId()),
          hmac(own, organization, data.bytes(), metadata.bytes()),
          own.aead().encrypt(clear, Binding.payloadData(organization, delivery.toString(), type)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot encrypt with AES-256-GCM", e);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  /** Data and metadata in one: the length of the data (4 bytes, big endian), data, metadata. */
  private static byte[] join(byte[] data, byte[] metadata) {
    return ByteBuffer.allocate(Integer.BYTES + data.length + metadata.length)
        .putInt(data.length)
        .put(data)
        .put(metadata)
        .array();
  }

  /** The two parts of {@link #join}; nothing when the length is none. */
  static Optional<Parts> split(byte[] clear) {
    if (clear.length < Integer.BYTES) {
      return Optional.empty();
    }
    int dataLength = ByteBuffer.wrap(clear).getInt();
    int end = Integer.BYTES + dataLength;
    if (dataLength < 0 || end < 0 || end > clear.length) {
      return Optional.empty();
    }
    return Optional.of(
        new Parts(
            new RawJson(Arrays.copyOfRange(clear, Integer.BYTES, end)),
            new RawJson(Arrays.copyOfRange(clear, end, clear.length))));
  }

  record Parts(RawJson data, RawJson metadata) {}

  static String hmac(
      PayloadKeys.OrganizationKeys keys, OrganizationId organization, byte[] data, byte[] metadata)
      throws GeneralSecurityException {
    byte[] input = Binding.payloadHmacInput(organization, data, metadata);
    try {
      return HexFormat.of().formatHex(keys.prf().computePrimary(input, HMAC_BYTES));
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  private static final int HMAC_BYTES = 32;
}
