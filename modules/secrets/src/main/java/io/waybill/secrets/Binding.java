package io.waybill.secrets;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What ciphertexts and fingerprints are bound to. The byte forms are part of the stored format: to
 * change one, change its label, and keep opening the old.
 *
 * <p>Each part is preceded by its length (4 bytes, big endian), so that {@code ("ab", "c")} and
 * {@code ("a", "bc")} differ.
 */
final class Binding {
  private static final Pattern FIELD_NAME = Pattern.compile("[!-~]{1,256}");
  private static final String SEAL = "waybill-seal-1";
  private static final String SEAL_TO_PLACE = "waybill-seal-2";
  private static final String FINGERPRINT = "waybill-fingerprint-1";

  private static final String PAYLOAD = "waybill-payload-1";
  private static final String PAYLOAD_HMAC = "waybill-payload-hmac-1";

  private Binding() {}

  /** Visible ASCII: has one encoding, and can stand in messages and headers as it is. */
  static boolean isFieldName(String name) {
    return FIELD_NAME.matcher(name).matches();
  }

  /** The associated data of a field that is sealed {@link SealedField#TO_PLACE}. */
  static byte[] toPlace(
      OrganizationId organization,
      DestinationId destination,
      DestinationConfig config,
      String fieldName) {
    return parts(
        utf8(SEAL_TO_PLACE),
        utf8(organization.value()),
        utf8(destination.value()),
        utf8(fieldName),
        utf8(config.credentialsGoTo()));
  }

  /** The associated data of a field that is sealed {@link SealedField#TO_FIELD}. */
  static byte[] toField(OrganizationId organization, DestinationId destination, String fieldName) {
    return parts(
        utf8(SEAL), utf8(organization.value()), utf8(destination.value()), utf8(fieldName));
  }

  /** The input of a fingerprint; holds the secret, so the caller wipes it. */
  static byte[] fingerprintInput(OrganizationId organization, byte[] secret) {
    return parts(utf8(FINGERPRINT), utf8(organization.value()), secret);
  }

  /** The associated data of a sealed payload. */
  static byte[] payloadData(OrganizationId organization, String deliveryId, String type) {
    return parts(utf8(PAYLOAD), utf8(organization.value()), utf8(deliveryId), utf8(type));
  }

  /** The input of a sealed payload's HMAC; holds the payload, so the caller wipes it. */
  static byte[] payloadHmacInput(OrganizationId organization, byte[] data, byte[] metadata) {
    return parts(utf8(PAYLOAD_HMAC), utf8(organization.value()), data, metadata);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] parts(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += Integer.BYTES + part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      joined.putInt(part.length).put(part);
    }
    return joined.array();
  }
}
