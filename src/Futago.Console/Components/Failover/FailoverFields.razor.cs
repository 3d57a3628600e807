using Futago.Console.Client.Failover;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Failover;

public sealed partial class FailoverFields
{
    [Parameter, EditorRequired]
    public required FailoverForm Form { get; set; }

    [Parameter, EditorRequired]
    public required FailoverOffer Offer { get; set; }

    [Parameter]
    public FailoverParts Parts { get; set; } = FailoverParts.All;

    /// <summary>The sentence for a field of the request; null when it is right.</summary>
    [Parameter]
    public Func<string, string?> ErrorOf { get; set; } = _ => null;

    /// <summary>Somebody has decided about the policy before: it does not follow by itself any more.</summary>
    [Parameter]
    public bool PolicyChosen { get; set; }

    /// <summary>Volumes that do not exist yet can be asked for.</summary>
    [Parameter]
    public bool MayCreate { get; set; }

    [Parameter]
    public EventCallback Changed { get; set; }

    private bool NoGroups => Offer.Groups.Count == 0 || Offer.PeerGroups.Count == 0;

    private string FirstNic => Offer.Nics.FirstOrDefault(n => n.Up)?.Name ?? "";

    private IReadOnlyList<Choice<PairSide?>> PrimaryChoices =>
    [
        .. Form.Primary is null ? new Choice<PairSide?>[] { new(null, FailoverText.PrimarySource) } : [],
        new(PairSide.Here, Offer.Node),
        new(PairSide.Peer, Offer.Peer ?? CommonText.None),
    ];

    private Task SetTask(string task, bool takesPart)
    {
        if (takesPart)
            Form.Tasks.Add(task);
        else
            Form.Tasks.Remove(task);
        return Changed.InvokeAsync();
    }

    private Task SetPolicyAsync(ChangeEventArgs e)
    {
        Form.Policy = Enum.TryParse<FailoverPolicy>($"{e.Value}", out var policy) ? policy : null;
        return Changed.InvokeAsync();
    }

    private Task AddAsync<T>(List<T> rows, T row)
    {
        rows.Add(row);
        return Changed.InvokeAsync();
    }

    private Task RemoveAsync<T>(List<T> rows, T row)
    {
        rows.Remove(row);
        return Changed.InvokeAsync();
    }

    private RenderFragment NicField(string id, string label, IReadOnlyList<NicInfo> nics, string chosen, Action<string> set) => builder =>
    {
        builder.OpenComponent<NicSelect>(0);
        builder.SetKey(id);
        builder.AddComponentParameter(1, nameof(NicSelect.Id), id);
        builder.AddComponentParameter(2, nameof(NicSelect.Label), label);
        builder.AddComponentParameter(3, nameof(NicSelect.Nics), nics);
        builder.AddComponentParameter(4, nameof(NicSelect.Value), chosen);
        builder.AddComponentParameter(5, nameof(NicSelect.ValueChanged), EventCallback.Factory.Create<string>(this, value =>
        {
            set(value);
            return Changed.InvokeAsync();
        }));
        builder.CloseComponent();
    };

    private RenderFragment? ErrorAt(string field) => ErrorOf(field) is not { } error ? null : builder =>
    {
        builder.OpenComponent<FieldError>(0);
        builder.AddComponentParameter(1, nameof(FieldError.Id), field);
        builder.AddComponentParameter(2, nameof(FieldError.Text), error);
        builder.CloseComponent();
    };
}
