package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.DestinationJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** What has to be done so that a destination is as its file says. */
sealed interface DestinationPlan {
  /** What stands in a read-back instead of a credential. */
  String MASK = DestinationJson.MASK;

  DestinationId id();

  /** Seals with the newest key what an older one sealed. */
  @FunctionalInterface
  interface Renewal {
    /** The field under the newest key, or as it is when that cannot be done. */
    SealedField renew(
        OrganizationId organization, DestinationId id, DestinationConfig config, SealedField field);
  }

  /** It is so already. */
  record Unchanged(DestinationId id, long version) implements DestinationPlan {}

  /** There is none of this organization and label. */
  record Create(DestinationId id, DestinationCommand.Create action) implements DestinationPlan {}

  /** It differs. */
  record Update(DestinationId id, DestinationCommand.Update action) implements DestinationPlan {}

  /**
   * Compares a wish with what there is. Credentials are sealed here, and leave in no other form.
   *
   * @param existing the destination of the same organization and label
   * @param stored its sealed credentials
   * @param sealer asked for only when there is a value to seal
   * @param renewal asked only for what is kept while something else changes
   * @param newId the id that a new destination gets
   * @throws CliException when a value is the mask of a read-back and nothing is stored behind it,
   *     or what is stored was given for another host
   */
  static DestinationPlan of(
      DestinationJson.Valid wish,
      Optional<Destination> existing,
      List<SealedField> stored,
      Supplier<Sealer> sealer,
      Renewal renewal,
      Supplier<DestinationId> newId) {
    DestinationJson.Spec spec = wish.spec();
    Map<String, SealedField> storedByName = new HashMap<>();
    stored.forEach(field -> storedByName.put(field.name(), field));
    if (existing.isEmpty()) {
      DestinationId id = newId.get();
      return new Create(
          id,
          new DestinationCommand.Create(
              spec.label(),
              spec.description(),
              spec.config(),
              spec.fallback(),
              spec.isDefault(),
              fields(wish, storedByName, seal(spec, id, sealer))));
    }
    Destination present = existing.get();
    List<SealedField> fields = fields(wish, storedByName, seal(spec, present.id(), sealer));
    boolean same =
        present.config().equals(spec.config())
            && present.description().equals(spec.description())
            && present.fallback().equals(spec.fallback())
            && present.isDefault() == spec.isDefault()
            && fingerprints(fields).equals(fingerprints(stored));
    if (same) {
      return new Unchanged(present.id(), present.version());
    }
    refuseTakenAlong(present, wish, fields, storedByName);
    List<SealedField> renewed =
        fields.stream()
            .map(field ->
                field.equals(storedByName.get(field.name()))
                    ? renewal.renew(spec.organizationId(), present.id(), spec.config(), field)
                    : field)
            .toList();
    return new Update(
        present.id(),
        new DestinationCommand.Update(
            spec.label(),
            spec.description(),
            spec.config(),
            spec.fallback(),
            spec.isDefault(),
            renewed,
            OptionalLong.of(present.version())));
  }

  /** Said here, before anything is published; the installation would refuse it all the same. */
  private static void refuseTakenAlong(
      Destination present,
      DestinationJson.Valid wish,
      List<SealedField> fields,
      Map<String, SealedField> stored) {
    DestinationConfig config = wish.spec().config();
    if (present.type() != config.type()
        || present.config().credentialsGoTo().equals(config.credentialsGoTo())) {
      return;
    }
    fields.stream()
        .filter(field -> field.equals(stored.get(field.name())))
        .findFirst()
        .ifPresent(kept -> {
          throw CliException.usage(
              "config."
                  + kept.name()
                  + " of '"
                  + TextTable.plain(wish.spec().label())
                  + "' is the mask of a read-back ("
                  + MASK
                  + "), but the destination now leads to another host, to which a stored credential"
                  + " is not taken along: give the value");
        });
  }

  private static List<SealedField> fields(
      DestinationJson.Valid wish,
      Map<String, SealedField> stored,
      Function<Map.Entry<String, String>, SealedField> seal) {
    List<SealedField> fields = new ArrayList<>();
    for (String name : wish.spec().config().credentialNames()) {
      String value = wish.credentials().getOrDefault(name, "");
      if (!DestinationJson.isMask(value)) {
        fields.add(seal.apply(Map.entry(name, value)));
        continue;
      }
      SealedField kept = stored.get(name);
      if (kept == null) {
        throw CliException.usage(
            "config."
                + name
                + " of '"
                + TextTable.plain(wish.spec().label())
                + "' is the mask of a read-back ("
                + MASK
                + "), but no value is stored that could be kept: give the value");
      }
      fields.add(kept);
    }
    return fields;
  }

  private static Function<Map.Entry<String, String>, SealedField> seal(
      DestinationJson.Spec spec, DestinationId id, Supplier<Sealer> sealer) {
    return entry -> {
      Secret secret = Secret.of(entry.getValue());
      try {
        return sealer.get().seal(spec.organizationId(), id, spec.config(), entry.getKey(), secret);
      } finally {
        secret.destroy();
      }
    };
  }

  private static Map<String, String> fingerprints(List<SealedField> fields) {
    Map<String, String> fingerprints = new HashMap<>();
    fields.forEach(field -> fingerprints.put(field.name(), field.fingerprint()));
    return fingerprints;
  }
}
