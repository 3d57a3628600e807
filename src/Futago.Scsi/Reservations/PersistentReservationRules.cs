using Futago.Scsi.Sense;

namespace Futago.Scsi.Reservations;

/// <summary>
/// The service actions of PERSISTENT RESERVE OUT as pure functions of the state, SPC-4 section 5.12. Nothing here knows of
/// sessions, locks or disks.
/// </summary>
internal static class PersistentReservationRules
{
    /// <summary>Registrations that a unit keeps; more are refused with INSUFFICIENT REGISTRATION RESOURCES.</summary>
    public const int MaximumRegistrations = PersistentReservationState.MaximumRegistrations;

    /// <summary>REGISTER, and REGISTER AND IGNORE EXISTING KEY, SPC-4 section 5.12.7.</summary>
    public static PersistentReservationChange Register(PersistentReservationState state, string port, ulong key, ulong newKey, bool persists, bool ignoreKey)
    {
        var own = state.Find(port);
        if (!ignoreKey && (own?.Key ?? 0) != key)
            return PersistentReservationChange.Conflict;
        if (own is null && newKey == 0)
            return PersistentReservationChange.To(state);
        if (newKey == 0)
            return Unregister(state, own!);
        if (own is null && state.Registrations.Length >= MaximumRegistrations)
            return PersistentReservationChange.Refuse(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
        var registration = new PersistentRegistration(port, newKey);
        var registrations = own is null ? state.Registrations.Add(registration) : state.Registrations.Replace(own, registration);
        return PersistentReservationChange.To(state with { Registrations = registrations, Generation = state.Generation + 1, Persists = persists });
    }

    /// <summary>
    /// REGISTER with SPEC_I_PT, SPC-4 section 5.12.7.3: a port that is not registered yet registers itself and others, all or none.
    /// </summary>
    public static PersistentReservationChange RegisterWith(
        PersistentReservationState state, string port, IReadOnlyList<string> others, ulong key, ulong newKey, bool persists)
    {
        if (state.Find(port) is null && key != 0)
            return PersistentReservationChange.Conflict;
        if (newKey == 0 || state.Find(port) is not null || others.Any(other => other == port || state.Find(other) is not null))
            return PersistentReservationChange.Refuse(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        if (state.Registrations.Length + 1 + others.Count > MaximumRegistrations)
            return PersistentReservationChange.Refuse(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
        var added = others.Prepend(port).Select(name => new PersistentRegistration(name, newKey));
        return PersistentReservationChange.To(state with
        {
            Registrations = state.Registrations.AddRange(added),
            Generation = state.Generation + 1,
            Persists = persists,
        });
    }

    /// <summary>RESERVE, SPC-4 section 5.12.9.</summary>
    public static PersistentReservationChange Reserve(PersistentReservationState state, string port, ulong key, PersistentReservationType type)
    {
        if (!IsRegisteredWith(state, port, key))
            return PersistentReservationChange.Conflict;
        if (state.IsReserved)
            return state.IsHolder(port) && state.Type == type ? PersistentReservationChange.To(state) : PersistentReservationChange.Conflict;
        return PersistentReservationChange.To(WithHolder(state, port, type));
    }

    /// <summary>RELEASE, SPC-4 section 5.12.11.2.</summary>
    public static PersistentReservationChange Release(PersistentReservationState state, string port, ulong key, PersistentReservationType type)
    {
        if (!IsRegisteredWith(state, port, key))
            return PersistentReservationChange.Conflict;
        // Who does not hold it releases nothing, and that is no error.
        if (!state.IsHolder(port))
            return PersistentReservationChange.To(state);
        if (state.Type != type)
            return PersistentReservationChange.Refuse(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
        var told = state.AdmitsRegistrants ? Others(state, port, AdditionalSense.RESERVATIONS_RELEASED) : [];
        return new PersistentReservationChange(WithoutHolder(state), null, told, []);
    }

    /// <summary>CLEAR, SPC-4 section 5.12.11.6.</summary>
    public static PersistentReservationChange Clear(PersistentReservationState state, string port, ulong key)
    {
        if (!IsRegisteredWith(state, port, key))
            return PersistentReservationChange.Conflict;
        var cleared = WithoutHolder(state) with { Registrations = [], Generation = state.Generation + 1 };
        return new PersistentReservationChange(cleared, null, Others(state, port, AdditionalSense.RESERVATIONS_PREEMPTED), []);
    }

    /// <summary>PREEMPT and PREEMPT AND ABORT, SPC-4 sections 5.12.11.4 and 5.12.11.5.</summary>
    public static PersistentReservationChange Preempt(PersistentReservationState state, string port, ulong key, ulong victimKey, PersistentReservationType type)
    {
        if (!IsRegisteredWith(state, port, key))
            return PersistentReservationChange.Conflict;
        if (victimKey == 0 && !state.IsOfAllRegistrants)
            return PersistentReservationChange.Refuse(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        var holderKey = state.HolderPort is { } holder ? state.Find(holder)?.Key : null;
        var takesOver = state.IsReserved && (state.IsOfAllRegistrants ? victimKey == 0 : holderKey == victimKey);
        var victims = state.Registrations.Where(r => r.InitiatorPort != port && (victimKey == 0 || r.Key == victimKey)).ToArray();
        // A key that nobody has registered is no way to preempt; one's own is, when one holds the reservation.
        if (victims.Length == 0 && !takesOver && key != victimKey)
            return PersistentReservationChange.Conflict;

        var next = state with { Registrations = state.Registrations.RemoveRange(victims), Generation = state.Generation + 1 };
        var told = victims.Select(victim => (victim.InitiatorPort, AdditionalSense.REGISTRATIONS_PREEMPTED)).ToList();
        if (takesOver)
        {
            // The others learn that the reservation they knew is gone when its type changes.
            if (type != state.Type && state.AdmitsRegistrants)
                told.AddRange(Others(next, port, AdditionalSense.RESERVATIONS_RELEASED));
            next = WithHolder(next, port, type);
        }
        return new PersistentReservationChange(next, null, told, [.. victims.Select(victim => victim.InitiatorPort)]);
    }

    /// <summary>REGISTER AND MOVE, SPC-4 section 5.12.8.</summary>
    public static PersistentReservationChange Move(PersistentReservationState state, string port, ulong key, string newPort, ulong newKey, bool unregister, bool persists)
    {
        if (!IsRegisteredWith(state, port, key) || !state.IsHolder(port) || state.IsOfAllRegistrants)
            return PersistentReservationChange.Conflict;
        if (newKey == 0 || newPort == port)
            return PersistentReservationChange.Refuse(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        var known = state.Find(newPort);
        if (known is null && state.Registrations.Length >= MaximumRegistrations)
            return PersistentReservationChange.Refuse(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
        var registration = new PersistentRegistration(newPort, newKey);
        var registrations = known is null ? state.Registrations.Add(registration) : state.Registrations.Replace(known, registration);
        if (unregister)
            registrations = registrations.Remove(state.Find(port)!);
        return PersistentReservationChange.To(state with
        {
            Registrations = registrations,
            HolderPort = newPort,
            Generation = state.Generation + 1,
            Persists = persists,
        });
    }

    /// <summary>SPC-4 section 5.12.11.3: with the holder, or the last of all registrants, the reservation goes.</summary>
    private static PersistentReservationChange Unregister(PersistentReservationState state, PersistentRegistration own)
    {
        var next = state with { Registrations = state.Registrations.Remove(own), Generation = state.Generation + 1 };
        var ends = state.IsReserved && (state.IsOfAllRegistrants ? next.Registrations.IsEmpty : state.HolderPort == own.InitiatorPort);
        if (!ends)
            return PersistentReservationChange.To(next);
        var told = state.AdmitsRegistrants ? Others(next, own.InitiatorPort, AdditionalSense.RESERVATIONS_RELEASED) : [];
        return new PersistentReservationChange(WithoutHolder(next), null, told, []);
    }

    private static bool IsRegisteredWith(PersistentReservationState state, string port, ulong key) =>
        state.Find(port) is { } own && own.Key == key;

    private static PersistentReservationState WithHolder(PersistentReservationState state, string port, PersistentReservationType type)
    {
        var next = state with { Type = type, HolderPort = port };
        return next.IsOfAllRegistrants ? next with { HolderPort = null } : next;
    }

    private static PersistentReservationState WithoutHolder(PersistentReservationState state) =>
        state with { Type = PersistentReservationType.None, HolderPort = null };

    private static List<(string InitiatorPort, AdditionalSense Condition)> Others(PersistentReservationState state, string port, AdditionalSense condition) =>
        [.. state.Registrations.Where(r => r.InitiatorPort != port).Select(r => (r.InitiatorPort, condition))];
}
