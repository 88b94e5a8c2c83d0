package io.waybill.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A file of keys that is itself encrypted by a key of a key-management service: whoever copies the
 * file gets nothing. The service is reached through Tink's {@link KmsClient}, found by {@link
 * ServiceLoader}; none is shipped. The service is asked when the file is read, never per message.
 *
 * <p>The form is one JSON object: {@code format}, {@code keyUri} and {@code wrapped}, the whole
 * file in clear encrypted by the service and in base64.
 */
final class WrappedKeys {
  private static final String FORMAT = "waybill-wrapped-1";
  private static final byte[] ASSOCIATED_DATA = FORMAT.getBytes(StandardCharsets.UTF_8);

  private WrappedKeys() {}

  /** The URI of the key that a file is wrapped with, when it is wrapped. */
  static Optional<String> keyUri(byte[] file) {
    return parse(file).map(json -> text(json, "keyUri"));
  }

  /**
   * The file in clear; one that is not wrapped is so already.
   *
   * @throws KeysetException when the service cannot be asked or does not unwrap it
   */
  static byte[] unwrap(byte[] file, Path path) {
    Optional<JsonObject> wrapped = parse(file);
    if (wrapped.isEmpty()) {
      return file;
    }
    String keyUri = text(wrapped.get(), "keyUri");
    byte[] ciphertext;
    try {
      ciphertext = Base64.getDecoder().decode(text(wrapped.get(), "wrapped"));
    } catch (IllegalArgumentException e) {
      throw new KeysetException(
          "the wrapped keys in " + path + " are not base64. Restore the file from a backup");
    }
    try {
      return service(keyUri).decrypt(ciphertext, ASSOCIATED_DATA);
    } catch (GeneralSecurityException e) {
      // Without the cause: a service's message may hold more than a log should.
      throw new KeysetException(
          "the keys in "
              + path
              + " are wrapped with "
              + keyUri
              + ", which did not unwrap them. Check that the service can be reached, that this"
              + " process may decrypt with that key, and that the file is whole");
    }
  }

  /**
   * The file as the service wraps it.
   *
   * @throws KeysetException when the service cannot be asked
   */
  static byte[] wrap(byte[] clear, String keyUri) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("keyUri", keyUri);
    try {
      byte[] ciphertext = service(keyUri).encrypt(clear, ASSOCIATED_DATA);
      json.addProperty("wrapped", Base64.getEncoder().encodeToString(ciphertext));
    } catch (GeneralSecurityException e) {
      throw new KeysetException(
          "the keys cannot be wrapped with "
              + keyUri
              + ". Check that the service can be reached and that you may encrypt with that key");
    }
    String text = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json);
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Aead service(String keyUri) throws GeneralSecurityException {
    for (KmsClient client : ServiceLoader.load(KmsClient.class)) {
      if (client.doesSupport(keyUri)) {
        return client.getAead(keyUri);
      }
    }
    throw new KeysetException(
        "nobody here can ask for the key "
            + keyUri
            + ": Waybill ships no client of a key-management service. Put a jar on the class path"
            + " that offers com.google.crypto.tink.KmsClient as a service for such keys");
  }

  private static Optional<JsonObject> parse(byte[] file) {
    try {
      JsonElement root = JsonParser.parseString(new String(file, StandardCharsets.UTF_8));
      return root.isJsonObject() && text(root.getAsJsonObject(), "format").equals(FORMAT)
          ? Optional.of(root.getAsJsonObject())
          : Optional.empty();
    } catch (JsonParseException e) {
      // Whoever reads the keys says so.
      return Optional.empty();
    }
  }

  private static String text(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
