package io.waybill.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.prf.PredefinedPrfParameters;
import com.google.crypto.tink.prf.PrfConfig2026;
import com.google.crypto.tink.prf.PrfSet;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.waybill.domain.OrganizationId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The keys that payloads are sealed with, by organization, and the ids of those that were
 * destroyed. A destroyed key is remembered by its id alone, so that what it sealed is known to be
 * unreadable for ever, and not taken for something whose key is on its way. Immutable; safe to
 * share.
 *
 * <p>The file is one JSON object: {@code format}; {@code organizations}, each with {@code sealing}
 * (AES-256-GCM) and {@code hmac} (HMAC-SHA-256) as plain Tink keysets; {@code destroyed}, ids by
 * organization. {@link PayloadKeyFile} makes and changes it.
 */
public final class PayloadKeys {
  private static final String FORMAT = "waybill-payload-keys-1";
  private static final String MISSING =
      "without it sealed payloads can neither be made nor opened. Put the installation's file"
          + " there, correct the path, or, for a new one, make it with `waybill keys payload"
          + " create`";
  private static final Configuration SEALING = AeadConfig2026.get();
  private static final Configuration HMACS = PrfConfig2026.get();

  private final Map<String, OrganizationKeys> organizations;
  private final Map<String, Set<String>> destroyed;

  private PayloadKeys(
      Map<String, OrganizationKeys> organizations, Map<String, Set<String>> destroyed) {
    this.organizations = new TreeMap<>(organizations);
    this.destroyed = new TreeMap<>(destroyed);
  }

  /** Nobody's. */
  static PayloadKeys none() {
    return new PayloadKeys(Map.of(), Map.of());
  }

  /**
   * Reads a file.
   *
   * @throws KeysetException when there is none, when others can read it, or when it is something
   *     else
   */
  public static PayloadKeys load(Path path) {
    byte[] file = KeysetFile.read(path, "file of payload keys", MISSING);
    try {
      return parse(WrappedKeys.unwrap(file, path));
    } catch (GeneralSecurityException | RuntimeException e) {
      if (e instanceof KeysetException known) {
        throw known;
      }
      // Without the cause: a parser's message may quote key material.
      throw new KeysetException(
          "the file of payload keys "
              + path.toAbsolutePath()
              + " cannot be used: it is not what `waybill keys payload` wrote. Restore it from a"
              + " backup; if the path is wrong, correct it");
    }
  }

  /** Organizations that have a key. */
  public List<String> organizations() {
    return List.copyOf(organizations.keySet());
  }

  /** Whether payloads of the organization can be sealed. */
  public boolean has(OrganizationId organization) {
    return organizations.containsKey(organization.value());
  }

  /** The id of the key that seals the organization's payloads now. */
  public Optional<String> keyId(OrganizationId organization) {
    return Optional.ofNullable(organizations.get(organization.value()))
        .map(keys -> Keyset.idInWords(keys.sealing().getPrimary().getId()));
  }

  Optional<OrganizationKeys> of(OrganizationId organization) {
    return Optional.ofNullable(organizations.get(organization.value()));
  }

  boolean isDestroyed(OrganizationId organization, String keyId) {
    return destroyed.getOrDefault(organization.value(), Set.of()).contains(keyId);
  }

  /** With a first key for the organization. */
  PayloadKeys created(OrganizationId organization) {
    return with(organization, OrganizationKeys.generate());
  }

  /**
   * With a further key for the organization, which seals from now on; the older ones still open.
   */
  PayloadKeys rotated(OrganizationId organization) {
    return with(organization, present(organization).rotated());
  }

  /** Whether a key of the organization was destroyed. */
  boolean hadKey(OrganizationId organization) {
    return !destroyed.getOrDefault(organization.value(), Set.of()).isEmpty();
  }

  /** Without any key of the organization; their ids are remembered. */
  PayloadKeys destroyed(OrganizationId organization) {
    String name = organization.value();
    Set<String> ids = new TreeSet<>(destroyed.getOrDefault(name, Set.of()));
    ids.addAll(present(organization).ids());
    Map<String, OrganizationKeys> rest = new TreeMap<>(organizations);
    rest.remove(name);
    Map<String, Set<String>> more = new TreeMap<>(destroyed);
    more.put(name, ids);
    return new PayloadKeys(rest, more);
  }

  /** What a publisher of one organization needs, and nothing of another's. */
  PayloadKeys only(OrganizationId organization) {
    return new PayloadKeys(Map.of(organization.value(), present(organization)), Map.of());
  }

  private PayloadKeys with(OrganizationId organization, OrganizationKeys keys) {
    Map<String, OrganizationKeys> more = new TreeMap<>(organizations);
    more.put(organization.value(), keys);
    return new PayloadKeys(more, destroyed);
  }

  private OrganizationKeys present(OrganizationId organization) {
    OrganizationKeys keys = organizations.get(organization.value());
    if (keys == null) {
      throw new KeysetException(
          "organization "
              + organization
              + " has no payload key. Check the name; `waybill keys payload create` makes one");
    }
    return keys;
  }

  byte[] serialize() {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    JsonObject all = new JsonObject();
    organizations.forEach((name, keys) -> all.add(name, keys.toJson()));
    json.add("organizations", all);
    JsonObject gone = new JsonObject();
    destroyed.forEach((name, ids) -> {
      JsonArray list = new JsonArray();
      ids.forEach(list::add);
      gone.add(name, list);
    });
    json.add("destroyed", gone);
    String text = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json);
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static PayloadKeys parse(byte[] file) throws GeneralSecurityException {
    JsonObject json =
        JsonParser.parseString(new String(file, StandardCharsets.UTF_8)).getAsJsonObject();
    if (!json.get("format").getAsString().equals(FORMAT)) {
      throw new IllegalArgumentException("another format");
    }
    Map<String, OrganizationKeys> organizations = new TreeMap<>();
    for (var entry : json.getAsJsonObject("organizations").entrySet()) {
      organizations.put(entry.getKey(), OrganizationKeys.parse(entry.getValue().getAsJsonObject()));
    }
    Map<String, Set<String>> destroyed = new TreeMap<>();
    for (var entry : json.getAsJsonObject("destroyed").entrySet()) {
      Set<String> ids = new TreeSet<>();
      entry.getValue().getAsJsonArray().forEach(id -> ids.add(id.getAsString()));
      destroyed.put(entry.getKey(), ids);
    }
    return new PayloadKeys(organizations, destroyed);
  }

  /** Names and numbers only. */
  @Override
  public String toString() {
    return "PayloadKeys" + organizations.keySet();
  }

  /** The keys of one organization. */
  static final class OrganizationKeys {
    private final KeysetHandle sealing;
    private final KeysetHandle hmac;
    private final Aead aead;
    private final PrfSet prf;
    private final Set<String> openable = new HashSet<>();

    private OrganizationKeys(KeysetHandle sealing, KeysetHandle hmac)
        throws GeneralSecurityException {
      this.sealing = sealing;
      this.hmac = hmac;
      this.aead = sealing.getPrimitive(SEALING, Aead.class);
      this.prf = hmac.getPrimitive(HMACS, PrfSet.class);
      for (int i = 0; i < sealing.size(); i++) {
        if (sealing.getAt(i).getStatus() == KeyStatus.ENABLED) {
          openable.add(Keyset.idInWords(sealing.getAt(i).getId()));
        }
      }
    }

    private static OrganizationKeys generate() {
      try {
        return new OrganizationKeys(
            KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, SEALING),
            KeysetHandle.generateNew(PredefinedPrfParameters.HMAC_SHA256_PRF, HMACS));
      } catch (GeneralSecurityException e) {
        throw new KeysetException("this JVM cannot make AES-256-GCM and HMAC-SHA-256 keys", e);
      }
    }

    private OrganizationKeys rotated() {
      try {
        return new OrganizationKeys(
            KeysetHandle.newBuilder(sealing)
                .setConfiguration(SEALING)
                .addEntry(
                    KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .makePrimary())
                .build(),
            hmac);
      } catch (GeneralSecurityException e) {
        throw new KeysetException("this JVM cannot add an AES-256-GCM key", e);
      }
    }

    private List<String> ids() {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < sealing.size(); i++) {
        ids.add(Keyset.idInWords(sealing.getAt(i).getId()));
      }
      return ids;
    }

    private JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.add("sealing", toJson(sealing, SEALING));
      json.add("hmac", toJson(hmac, HMACS));
      return json;
    }

    private static JsonElement toJson(KeysetHandle keys, Configuration configuration) {
      try {
        return JsonParser.parseString(
            TinkJsonProtoKeysetFormat.serializeKeyset(
                keys, configuration, InsecureSecretKeyAccess.get()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a keyset of this process cannot be written", e);
      }
    }

    private static OrganizationKeys parse(JsonObject json) throws GeneralSecurityException {
      return new OrganizationKeys(
          part(json, "sealing", SEALING, PredefinedAeadParameters.AES256_GCM),
          part(json, "hmac", HMACS, PredefinedPrfParameters.HMAC_SHA256_PRF));
    }

    /** Another algorithm would seal otherwise than promised, or without the key's id in front. */
    private static KeysetHandle part(
        JsonObject json, String name, Configuration configuration, Parameters wanted)
        throws GeneralSecurityException {
      KeysetHandle keys =
          TinkJsonProtoKeysetFormat.parseKeyset(
              json.getAsJsonObject(name).toString(), configuration, InsecureSecretKeyAccess.get());
      for (int i = 0; i < keys.size(); i++) {
        if (!keys.getAt(i).getKey().getParameters().equals(wanted)) {
          throw new GeneralSecurityException("another algorithm");
        }
      }
      return keys;
    }

    KeysetHandle sealing() {
      return sealing;
    }

    boolean canOpen(String keyId) {
      return openable.contains(keyId);
    }

    Aead aead() {
      return aead;
    }

    PrfSet prf() {
      return prf;
    }
  }
}
